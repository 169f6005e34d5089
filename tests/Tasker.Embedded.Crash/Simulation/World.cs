using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Events;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>
/// One run of the deterministic simulation: random workflows on the real engine, by one thread and a clock that only moves when told to. Commits are
/// refused, the process ends before or after one, tasks become stale, are cancelled and mended; in the end every task must be where the model says, and every
/// event must have arrived.
/// </summary>
public sealed class World : IDisposable
{
    private const int MaxActions = 100_000;
    private const int MaxIdle = 400;

    private readonly int _seed;
    private readonly Random _random;
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly DefectLog _defects = new();
    private readonly Workflow[] _workflows;
    private readonly Func<ITaskStore> _openStore;
    private readonly bool _isInFile;
    private readonly List<Subject> _subjects = [];
    private readonly Dictionary<(int Task, string Step), string> _results = [];
    private readonly HashSet<(int Task, string Step)> _stored = [];
    private readonly List<(int Task, string Step)> _reported = [];
    private readonly Announced _events = new();

    private Life _life;
    private int _toStart;
    private int _crashesLeft;
    private int _refusalsLeft;
    private bool _isCalm;
    private int _attempts;
    private long _eventsMade;

    private World(int seed, string? database)
    {
        _seed = seed;
        _random = new Random(seed);
        _workflows = [.. Enumerable.Range(0, _random.Next(1, 4)).Select(number => Workflow.Create(_random, "w" + number, WorkflowPace.Simulated))];
        _toStart = _random.Next(2, 10);
        _crashesLeft = _random.Next(0, 5);
        _refusalsLeft = _random.Next(0, 20);
        _isInFile = database is not null;
        var journal = new JournalStore();
        _openStore = database is null ? () => journal : () => new SqliteTaskStore("Data Source=" + database, CommitDurability.Normal);
        _life = Begin();
    }

    /// <summary>Runs the simulation of a seed.</summary>
    /// <param name="seed">Everything follows from it.</param>
    /// <param name="database">The SQLite file to keep tasks in; <see langword="null"/> to keep them in a journal in memory.</param>
    /// <param name="seen">Collects the transitions that occurred, as <c>task pending initializing</c>.</param>
    /// <exception cref="SimulationException">Something that must not happen did.</exception>
    public static void Run(int seed, string? database, ISet<string> seen)
    {
        ArgumentNullException.ThrowIfNull(seen);
        using var world = new World(seed, database);
        try
        {
            world.Run(seen);
        }
        catch (Exception exception)
        {
            throw new SimulationException(
                $"Seed {seed.ToString(CultureInfo.InvariantCulture)} failed{(database is null ? "" : " on SQLite")}: {exception.Message} Replay it with: " +
                $"dotnet run --project tests/Tasker.Embedded.Crash -- simulate --seed {seed.ToString(CultureInfo.InvariantCulture)}{(database is null ? "" : " --sqlite")}",
                exception);
        }
    }

    /// <summary>Ends the run.</summary>
    public void Dispose()
    {
        _life.Dispose();
        _defects.Dispose();
    }

    private void Run(ISet<string> seen)
    {
        UntilSettled();
        Calmly(ObserveAll);
        Calmly(CompareAll);
        for (var round = 0; Calmly(Mend); round++)
        {
            if (round > 100)
                throw new SimulationException("Mending does not come to an end.");
            UntilSettled();
            Calmly(ObserveAll);
            Calmly(CompareAll);
        }

        Calmly(TakeAllEvents);
        _events.Check();
        foreach (var subject in _subjects.Where(subject => subject.Id is not null))
            CheckHistory(Do(_life.Client.GetHistoryAsync(subject.Id!.Value))!, seen);
        if (_defects.Defects.Count > 0)
            throw new SimulationException("The engine reported a defect: " + _defects.Defects.First());
    }

    private Life Begin() => new(_workflows, new UnreliableStore(_openStore(), NextFault, Stored), _time, _random, _defects);

    private Fault NextFault()
    {
        if (_isCalm)
            return Fault.None;
        if (_crashesLeft > 0 && _random.Next(40) == 0)
        {
            _crashesLeft--;
            return _random.Next(2) == 0 ? Fault.CrashBefore : Fault.CrashAfter;
        }

        if (_refusalsLeft > 0 && _random.Next(15) == 0)
        {
            _refusalsLeft--;
            return Fault.Refused;
        }

        return Fault.None;
    }

    /// <summary>Acts at random until nothing is left to do.</summary>
    private void UntilSettled()
    {
        var idle = 0;
        for (var actions = 0; ; actions++)
        {
            if (actions > MaxActions)
                throw new SimulationException("The run does not come to an end.");
            if (_life.Store.HasCrashed)
                Restart();
            TakeSteps();
            var isBusy = Act();
            Observe();
            if (isBusy)
            {
                idle = 0;
                continue;
            }

            if (_life.Store.HasCrashed)
                continue;
            if (Calmly(AllSettled))
                return;
            if (++idle > MaxIdle)
                throw new SimulationException("Nothing moves any more, but not all tasks have come to rest: " + Calmly(Unsettled));
            _time.Advance(TimeSpan.FromSeconds(_random.Next(1, 30)));
            Observe();
        }
    }

    private void Restart()
    {
        _reported.Clear();
        _events.Lost();
        do
        {
            _life.Dispose();
            _life = Begin();
        }
        while (_life.Store.HasCrashed);

        Calmly(FindUnacknowledged);
        foreach (var subject in _subjects)
        {
            subject.IsOutOfSight = true;
            subject.Lifetime?.Restarted(_time.GetUtcNow());
        }
    }

    /// <summary>Looks after every action whether tasks are stale that have to be, and no others. What is not stored yet is not looked at: a look would store it.</summary>
    private void Observe()
    {
        if (!_life.Store.HasRefused && !_life.Store.HasCrashed)
            ObserveAll();
        else
            _subjects.ForEach(subject => subject.IsOutOfSight = true);
    }

    /// <returns>How many there are.</returns>
    private int ObserveAll()
    {
        foreach (var subject in _subjects)
        {
            if (subject is not { Id: { } id, Lifetime: { } lifetime })
                continue;
            // The journal is asked itself, where there is one: a question would wake up an engine that has slept through a limit.
            var task = _isInFile || _isCalm ? Do(_life.Client.GetAsync(id))! : Do(_life.Store.ReadAsync(id, CancellationToken.None))!.Task;
            var letters = Do(_life.Store.ListDeadLettersAsync(new DeadLetterFilter { Statuses = [], TaskId = id }, before: null, CancellationToken.None)).Count;
            if (lifetime.Look(task, letters, _time.GetUtcNow(), subject.IsOutOfSight) is { } wrong)
                throw new SimulationException($"Task {subject.Number}: {wrong}\nEngine: {Describe(task)}");
            subject.IsOutOfSight = false;
        }

        return _subjects.Count;
    }

    /// <summary>Takes an event, if there is one. It is settled now, or not before the process ends.</summary>
    private void TakeEvent()
    {
        if (!_life.Work.Outbox!.TryTake(out var taken))
            return;
        _events.Arrive(taken.Event);
        if (_random.Next(4) > 0)
            _life.Work.Outbox.Settle(taken);
    }

    /// <returns>How many there were.</returns>
    private int TakeAllEvents()
    {
        var count = 0;
        for (; _life.Work.Outbox!.TryTake(out var taken); count++)
            _events.Arrive(taken.Event);
        return count;
    }

    /// <summary>Looks at the world, or changes it, while nothing goes wrong.</summary>
    private T Calmly<T>(Func<T> look)
    {
        _isCalm = true;
        try
        {
            return look();
        }
        finally
        {
            _isCalm = false;
        }
    }

    /// <summary>Gives each free slot a step, or lets it wait.</summary>
    private void TakeSteps()
    {
        while (_life.Slots.Count + _life.Running.Count < 4)
            _life.Slots.Add(new Life.Slot(_life.Work.ClaimAsync(CancellationToken.None)));
        for (var i = _life.Slots.Count - 1; i >= 0; i--)
        {
            if (_life.Slots[i].TryTake() is not { } step)
                continue;
            _life.Slots.RemoveAt(i);
            Check(step);
            _life.Running.Add(step);
        }
    }

    /// <summary>Does one thing.</summary>
    /// <returns>Whether there was anything to do.</returns>
    private bool Act()
    {
        if (_toStart > 0 && _random.Next(6) == 0)
        {
            Start();
            return true;
        }

        if (_random.Next(120) == 0 && _subjects.Count > 0)
            Cancel(_subjects[_random.Next(_subjects.Count)]);
        if (_random.Next(30) == 0)
        {
            _time.Advance(TimeSpan.FromSeconds(_random.Next(1, 10)));
            Observe();
        }

        if (_random.Next(4) == 0)
            TakeEvent();
        if (_life.Running.Count == 0)
            return _toStart > 0;

        var index = _random.Next(_life.Running.Count);
        var step = _life.Running[index];
        switch (_random.Next(20))
        {
            case 0:
                _life.Running.RemoveAt(index);
                Do(_life.Work.ReleaseAsync(step));
                break;
            case 1:
                Checkpoint(step);
                break;
            case 2 when step.Definition.Type is StepType.BatchWorker:
                _life.Running.RemoveAt(index);
                Do(_life.Work.YieldAsync(step, "{\"cursor\":1}"u8.ToArray()));
                break;
            default:
                _life.Running.RemoveAt(index);
                Finish(step);
                break;
        }

        return true;
    }

    private void Start()
    {
        var subject = new Subject(_subjects.Count, _workflows[_random.Next(_workflows.Length)]);
        _subjects.Add(subject);
        _toStart--;
        TryStart(subject);
        if (subject.Id is { } id && subject.Key is not null && _random.Next(2) == 0)
        {
            TryStart(subject);
            if (subject.Id != id)
                throw new SimulationException($"The same request started two tasks, {id} and {subject.Id}.");
        }
    }

    private void TryStart(Subject subject)
    {
        subject.Key ??= _random.Next(2) == 0 ? "k" + subject.Number.ToString(CultureInfo.InvariantCulture) : null;
        try
        {
            var options = new StartOptions { IdempotencyKey = subject.Key, Priority = _random.Next(-2, 3) };
            var context = Encoding.UTF8.GetBytes($$"""{"task":{{subject.Number.ToString(CultureInfo.InvariantCulture)}}}""");
            subject.AskedAt ??= _time.GetUtcNow();
            subject.Found(Do(_life.Client.StartJsonAsync(subject.Workflow.Template, context, options)).Id);
        }
        catch (TaskStoreException)
        {
            // It was refused, or the process has ended: then it may exist.
            subject.MayExist |= _life.Store.HasCrashed;
        }
    }

    private void Cancel(Subject subject)
    {
        if (subject.Id is not { } id)
            return;
        try
        {
            subject.MayBeCancelled = true;
            var cancelled = Do(_life.Client.CancelAsync(id));
            if (cancelled.State is not TaskState.Cancelled || cancelled.Steps.Any(step => !step.State.IsTerminal()))
                throw new SimulationException($"Task {subject.Number} was cancelled, but is not: {Describe(cancelled)}");
            subject.IsCancelled = true;
        }
        catch (Exception exception) when (exception is TaskStateException or TaskStoreException)
        {
            // It was finished, or the word could not be stored: then it may be cancelled when the store works again.
        }
    }

    private void Checkpoint(ClaimedStep step)
    {
        try
        {
            Do(_life.Work.SaveCheckpointAsync(step, "{\"cursor\":1}"u8.ToArray(), CancellationToken.None));
        }
        catch (Exception exception) when (exception is TaskStoreException or InvalidOperationException)
        {
            // The store failed, or the attempt does not count any more.
        }
    }

    private void Finish(ClaimedStep step)
    {
        var subject = SubjectOf(step.TaskContext);
        var script = subject.ScriptOf(_seed, step.Name);
        using var outcome = new StepOutcome();
        if (script.FailureOf(step.Attempts + 1) is { } failure)
            outcome.SetFailure(failure);
        else
            Succeed(step, subject, script, outcome);

        if (outcome.Failure is null && !step.IsCancelled)
            _reported.Add((subject.Number, step.Name));
        DomainEvent[] events = [.. step.Definition.Events.Where(declared => declared.Name == NameOf(step, outcome)).Select(declared => Make(declared, step, outcome))];
        if (!step.IsCancelled)
        {
            subject.Lifetime?.Progress(_time.GetUtcNow());
            foreach (var made in events)
                _events.HandOver(made);
        }

        Do(_life.Work.CompleteAsync(step, outcome, TimeSpan.FromMilliseconds(5), [.. events]));
    }

    /// <summary>All that was reported up to now is stored.</summary>
    private void Stored()
    {
        _stored.UnionWith(_reported);
        _reported.Clear();
        _events.Stored();
    }

    private static string NameOf(ClaimedStep step, StepOutcome outcome) =>
        outcome.Failure is not { } failure ? Workflow.Done : failure.Retryable && step.Attempts + 1 < step.MaxAttempts ? Workflow.Again : Workflow.Failed;

    private DomainEvent Make(EventDeclaration declared, ClaimedStep step, StepOutcome outcome) => new()
    {
        EventId = new Guid(_seed, (short)_attempts, (short)(_attempts >> 16), BitConverter.GetBytes(++_eventsMade)),
        Declaration = declared,
        Step = step,
        Payload = outcome.Failure is null ? outcome.Result.ToArray() : "{}"u8.ToArray(),
        Failure = outcome.Failure,
        Duration = TimeSpan.FromMilliseconds(5),
        FiredAt = _time.GetUtcNow(),
    };

    private void Succeed(ClaimedStep step, Subject subject, Script script, StepOutcome outcome)
    {
        var writer = step.Definition.Type switch
        {
            StepType.Decision => outcome.BeginDecision(script.Decide(subject.Workflow, step.Name)),
            StepType.Batchable => outcome.BeginBatchPlan(
                script.Plan(),
                subject.Workflow.WorkerOf(step.Name)),
            _ => outcome.BeginObject(),
        };
        if (step.Definition.Type is not (StepType.Decision or StepType.Batchable))
            writer.WriteStartObject();
        writer.WriteString("ran", step.Name);
        writer.WriteNumber("attempt_of_run", ++_attempts);
        if (step.Definition.Type is not (StepType.Decision or StepType.Batchable))
            writer.WriteEndObject();
        outcome.End();
    }

    /// <summary>What is handed out must be ready, must not be done, and must see the same results as everybody before.</summary>
    private void Check(ClaimedStep step)
    {
        var subject = SubjectOf(step.TaskContext);
        if (_stored.Contains((subject.Number, step.Name)))
            throw new SimulationException($"Step '{step.Name}' of task {subject.Number} runs again, though its success was stored.");
        if ((subject.IsCancelled || subject.Lifetime is { HasFailed: true }) && !step.IsCancelled)
            throw new SimulationException($"Step '{step.Name}' of task {subject.Number} runs, though the task was {(subject.IsCancelled ? "cancelled" : "stale")}.");
        foreach (var result in step.Dependencies.All())
        {
            var text = Encoding.UTF8.GetString(result.Result.Span);
            if (!_results.TryAdd((subject.Number, result.Step), text) && _results[(subject.Number, result.Step)] != text)
                throw new SimulationException($"Step '{result.Step}' of task {subject.Number} has two results: {_results[(subject.Number, result.Step)]} and {text}");
        }
    }

    private bool AllSettled()
    {
        if (_toStart > 0)
            return false;
        FindUnacknowledged();
        return _subjects.All(subject => subject.Id is not { } id || Do(_life.Client.GetAsync(id)) is { State: var state } && state.IsSettled());
    }

    private string Unsettled() => string.Join("; ", _subjects
        .Where(subject => subject.Id is not null)
        .Select(subject => Do(_life.Client.GetAsync(subject.Id!.Value))!)
        .Where(task => !task.State.IsSettled())
        .Select(Describe));

    /// <summary>Tasks that were stored by a process that ended before it could say so.</summary>
    /// <returns>How many there are.</returns>
    private int FindUnacknowledged()
    {
        var found = 0;
        foreach (var task in Do(_life.Client.ListAsync(new TaskFilter { PageSize = TaskFilter.MaxPageSize })).Tasks)
        {
            if (_subjects.Exists(subject => subject.Id == task.TaskId))
                continue;
            var subject = SubjectOf(Do(_life.Client.GetAsync(task.TaskId))!.Context);
            if (subject.Id is not null || !subject.MayExist)
                throw new SimulationException($"Task {subject.Number} exists as {task.TaskId}, though {(subject.Id is { } id ? $"it was started as {id}" : "it was refused")}.");
            subject.Found(task.TaskId);
            found++;
        }

        return found;
    }

    /// <returns>How many there are.</returns>
    private int CompareAll()
    {
        foreach (var subject in _subjects)
        {
            if (subject.Id is { } id)
                Compare(subject, Do(_life.Client.GetAsync(id)) ?? throw new SimulationException($"Task {subject.Number} is gone."));
            else if (!subject.MayExist && subject.Key is null && Do(_life.Client.ListAsync()).Tasks.Any(task => SubjectOf(Do(_life.Client.GetAsync(task.TaskId))!.Context) == subject))
                throw new SimulationException($"Task {subject.Number} was refused, but exists.");
        }

        return _subjects.Count;
    }

    private void Compare(Subject subject, TaskSnapshot task)
    {
        if (task.State is TaskState.Cancelled && subject.MayBeCancelled)
        {
            subject.IsCancelled = true;
            if (task.Steps.All(step => step.State.IsTerminal()))
                return;
        }

        if (subject.IsCancelled)
            throw new SimulationException($"Task {subject.Number} was cancelled, but is not: {Describe(task)}");
        if (task.State is TaskState.Error && subject.Lifetime is { HasFailed: true })
            return;
        if (task.State is TaskState.ResolvedManually && subject.IsResolved && task.Steps.All(step => step.State.IsTerminal()))
            return;
        foreach (var step in task.Steps)
            subject.ScriptOf(_seed, step.Name).IsGivenUp = step is { State: StepState.Error, Failure.ErrorType: TaskRun.Stale };
        if (Model.Differs(task, subject.Workflow, name => subject.ScriptOf(_seed, name)) is { } expected)
        {
            throw new SimulationException(
                $"Task {subject.Number} ended otherwise than the model says.\nEngine: {Describe(task)}\n" +
                $"Steps:  {string.Join("; ", subject.Workflow.Template.Steps.Select(step => $"{step.Name} <- {string.Join(',', step.Dependencies)}"))}\n" +
                $"Results: {string.Join("; ", task.Steps.Where(step => step.Type is StepType.Decision).Select(step => Encoding.UTF8.GetString(step.Result.Span)))}\n" +
                $"Model:  {expected}");
        }

        foreach (var step in task.Steps.Where(step => step.State is StepState.Complete))
        {
            var text = Encoding.UTF8.GetString(step.Result.Span);
            if (_results.TryGetValue((subject.Number, step.Name), out var seen) && seen != text)
                throw new SimulationException($"The result of step '{step.Name}' of task {subject.Number} is {text}, but others read {seen}");
        }
    }

    /// <summary>Mends the failed steps of blocked tasks, each in one of the ways there are.</summary>
    /// <returns>Whether there was any.</returns>
    private bool Mend()
    {
        var found = false;
        foreach (var subject in _subjects)
        {
            if (subject.Id is not { } id || Do(_life.Client.GetAsync(id)) is not { State: TaskState.BlockedByFailures or TaskState.Error } task)
                continue;

            found = true;
            if (task.State is TaskState.Error && subject.Lifetime!.Failures > _random.Next(1, MostMends))
            {
                Do(_life.Client.ResolveTaskAsync(id, "Done by other means.", "simulation"));
                subject.IsResolved = true;
                continue;
            }

            // Batches that were not started because another one failed start when that is mended.
            var failed = task.Steps.Where(step => step.State is StepState.Error && step.Failure!.ErrorType != TaskRun.NotStarted).ToArray();
            _random.Shuffle(failed);
            foreach (var step in failed[..(task.State is TaskState.Error ? _random.Next(failed.Length) + 1 : failed.Length)])
            {
                // Without a step that is set aside anyway the task may be complete before it is that one's turn.
                if (Do(_life.Client.GetAsync(id)) is { State: not TaskState.Complete })
                    Do(_life.Client.ResolveStepAsync(id, step.Name, Resolve(subject.ScriptOf(_seed, step.Name), step)));
            }

            subject.Lifetime?.Mended(_time.GetUtcNow());
            Observe();
        }

        return found;
    }

    /// <summary>What is certain of a task that becomes stale again and again: a person finishes it at the latest then.</summary>
    private const int MostMends = 6;

    private StepResolution Resolve(Script script, StepSnapshot step)
    {
        switch (step.Type is StepType.Decision or StepType.Batchable ? 0 : _random.Next(3))
        {
            case 0:
                script.Mend();
                return StepResolution.ResetForRetry("Mended.", "simulation");
            case 1:
                script.Resolve(StepState.ResolvedManually);
                return StepResolution.ResolveManually("Resolved.", "simulation");
            default:
                script.Resolve(StepState.Complete);
                return StepResolution.CompleteManuallyJson("""{"by":"hand"}"""u8.ToArray(), "Completed.", "simulation");
        }
    }

    /// <summary>Each line of transitions must be unbroken, and each transition legal.</summary>
    private static void CheckHistory(TaskHistory history, ISet<string> seen)
    {
        foreach (var line in history.Entries.GroupBy(entry => entry.Step))
        {
            string? state = null;
            foreach (var entry in line)
            {
                if (entry.From != state)
                    throw new SimulationException($"The history of '{line.Key ?? "the task"}' is broken: {Describe(line)}");
                if (entry.From is { } from && !IsLegal(line.Key is null, from, entry.To))
                    throw new SimulationException($"'{line.Key ?? "The task"}' went from {from} to {entry.To}, which is not legal: {Describe(line)}");
                state = entry.To;
                if (entry.From is not null)
                    seen.Add($"{(line.Key is null ? "task" : "step")} {entry.From} {entry.To}");
            }
        }
    }

    private static bool IsLegal(bool isTask, string from, string to) => isTask
        ? Enum.GetValues<TaskEvent>().Any(happened => TaskTransitions.TryNext(StateNames.ParseTaskState(from), happened, out var next) && next.ToName() == to)
        : Enum.GetValues<StepEvent>().Any(happened => StepTransitions.TryNext(StateNames.ParseStepState(from), happened, out var next) && next.ToName() == to);

    private Subject SubjectOf(ReadOnlyMemory<byte> context)
    {
        using var document = JsonDocument.Parse(context);
        return _subjects[document.RootElement.GetProperty("task").GetInt32()];
    }

    private static string Describe(TaskSnapshot task) =>
        $"{task.Name} {task.State.ToName()} {string.Join(' ', task.Steps.OrderBy(step => step.Name, StringComparer.Ordinal).Select(step => $"{step.Name}={step.State.ToName()}"))}";

    private static string Describe(IEnumerable<HistoryEntry> entries) => string.Join(", ", entries.Select(entry => $"{entry.From}>{entry.To}"));

    /// <summary>Nothing in a run ever waits: everything happens on this thread.</summary>
    private static T Do<T>(ValueTask<T> done) =>
        done.IsCompleted ? done.GetAwaiter().GetResult() : throw new SimulationException("Something waited for another thread.");

    private static void Do(ValueTask done)
    {
        if (!done.IsCompleted)
            throw new SimulationException("Something waited for another thread.");
        done.GetAwaiter().GetResult();
    }

    /// <summary>A task as the simulation knows it.</summary>
    private sealed class Subject(int number, Workflow workflow)
    {
        private readonly Dictionary<string, Script> _scripts = new(StringComparer.Ordinal);

        public int Number { get; } = number;

        public Workflow Workflow { get; } = workflow;

        public Guid? Id { get; private set; }

        /// <summary>When it was first asked for.</summary>
        public DateTimeOffset? AskedAt { get; set; }

        /// <summary>When it has to be stale; nothing where it cannot be.</summary>
        public Lifetime? Lifetime { get; private set; }

        /// <summary>Whether it was not looked at after the last action.</summary>
        public bool IsOutOfSight { get; set; }

        public bool IsResolved { get; set; }

        public string? Key { get; set; }

        public bool MayExist { get; set; }

        public bool MayBeCancelled { get; set; }

        public bool IsCancelled { get; set; }

        /// <summary>It exists.</summary>
        public void Found(Guid id)
        {
            Id = id;
            if (Workflow.Template.Lifecycle is { } limits)
                Lifetime ??= new Lifetime(limits, AskedAt!.Value);
        }

        public Script ScriptOf(int seed, string step)
        {
            if (!_scripts.TryGetValue(step, out var script))
                _scripts.Add(step, script = new Script(seed, Number, step));
            return script;
        }
    }
}
