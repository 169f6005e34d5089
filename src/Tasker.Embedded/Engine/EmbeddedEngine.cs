using System.Diagnostics;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Embedded.Engine;

/// <summary>
/// The actor that owns all unfinished tasks. Commands are queued; whoever finds the engine idle sets it to work. It works in rounds: apply
/// all waiting commands, store what they changed in one commit, and only then hand out steps and answer. So a commit carries the work of
/// everybody who asked meanwhile, and nothing is told that a crash could take back.
/// </summary>
internal sealed class EmbeddedEngine : IDisposable
{
    /// <summary>A caller whose thread does the engine's work is let go after this many rounds.</summary>
    private const int MaxRoundsOnCaller = 8;

    /// <summary>A worker slot may work longer: it would only run the steps that it is about to hand out.</summary>
    private const int MaxRoundsOnSlot = 256;

    private readonly ITaskStore _store;
    private readonly TimeProvider _time;
    private readonly SafeLogger<EmbeddedEngine> _logger;
    private readonly EngineMetrics _metrics;

    private readonly Inbox _inbox = new();
    private readonly WorkThread? _thread;
    private readonly ReadyQueue _ready;
    private readonly RetryTimers _timers;
    private readonly LiveTasks _live;
    private readonly CommandExecutor _executor;
    private readonly CommitFollowUp _followUp;
    private readonly Changes _changes = new();
    private readonly Replies _replies = new();
    private readonly StalenessWatch _staleness = new();
    private readonly Linger _linger = new();
    private List<Command> _commands = [];

    /// <summary>The command of whoever set the idle engine to work, which need not be queued.</summary>
    private Command? _own;
    private List<EmbeddedStep> _claims = [];
    private TaskCompletionSource? _stopRequested;
    private int _applied;
    private int _busy;
    private volatile EngineState _state;

    public EmbeddedEngine(ITaskStore store, PlanCache plans, RetrySchedule retries, TimeProvider time, EngineMetrics metrics, SafeLogger<EmbeddedEngine> logger)
    {
        _store = store;
        _live = new LiveTasks(store, plans, logger);
        _time = time;
        _logger = logger;
        _metrics = metrics;
        _thread = store.CommitsAtOnce ? null : new WorkThread("Tasker engine", () => Work(int.MaxValue, onSlot: false));
        _ready = new ReadyQueue(Nudge);
        _timers = new RetryTimers(time, () => Post(new Command(CommandKind.Wake)));
        Outbox = new EventOutbox(() => Post(new Command(CommandKind.RefillOutbox)), number => Post(new Command(CommandKind.SettleEvent, Payload: number)));
        var storedEvents = new StoredEvents(_live, logger);
        _executor = new CommandExecutor(store, _live, storedEvents, Outbox, retries, _changes, _replies);
        _followUp = new CommitFollowUp(store, _live, storedEvents, Outbox, _ready, _timers, _staleness, _changes, _replies, logger);
        metrics.Observe(() => _ready.Count, () => _changes.Running.Count, () => _live.Count);
    }

    private enum EngineState
    {
        NotStarted,
        Running,
        Stopped,
    }

    /// <summary>Durable events that wait for their subscribers.</summary>
    public EventOutbox Outbox { get; }

    /// <summary>Opens the store and lets the unfinished tasks in it go on.</summary>
    /// <exception cref="TaskStoreException">The store cannot be used.</exception>
    public void Start()
    {
        if (_state is not EngineState.NotStarted)
            throw new InvalidOperationException("The embedded engine can be started once.");
        var stored = _store.Open();
        var now = _time.GetUtcNow();
        foreach (var task in stored)
        {
            if (_live.Restore(task) is not { } run)
                continue;
            run.Resume(now, _changes);
            if (run.Plan.HasLimits)
                _changes.Limited.Add(run);
        }

        _state = EngineState.Running;
        Log.EngineStarted(_logger, _live.Count);
        Post(new Command(CommandKind.Wake));
        Post(new Command(CommandKind.RefillOutbox));
    }

    /// <summary>Stores what is done, hands back what nobody runs, and closes the store.</summary>
    public Task StopAsync()
    {
        if (_state is EngineState.NotStarted)
        {
            _state = EngineState.Stopped;
            _store.Dispose();
            return Task.CompletedTask;
        }

        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!TryPost(new Command(CommandKind.Stop, stopped)))
            stopped.TrySetResult();
        return stopped.Task;
    }

    /// <summary>Stops at once, as a crash would: what is not stored yet is not stored.</summary>
    public void Dispose()
    {
        var wait = new SpinWait();
        while (Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            wait.SpinOnce();
        Close();
        Work(int.MaxValue, onSlot: false);
    }

    /// <summary>Takes a ready step for a worker slot, or waits for one.</summary>
    public ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken) => _ready.TakeAsync(cancellationToken);

    /// <summary>Queues a command. One that comes too late is answered with an error.</summary>
    /// <param name="command">The command.</param>
    /// <param name="onSlot">The caller is a worker slot that asks for its next step as soon as this returns.</param>
    public void Post(Command command, bool onSlot = false)
    {
        if (!TryPost(command, onSlot))
            Reject(command);
    }

    private bool TryPost(Command command, bool onSlot = false)
    {
        if (_state is not EngineState.Running)
            return false;
        if (_store.CommitsAtOnce && TryBecomeBusy())
        {
            _own = command;
            Work(onSlot ? MaxRoundsOnSlot : MaxRoundsOnCaller, onSlot);
            return true;
        }

        _inbox.Add(command);
        if (!TryBecomeBusy())
            return true;

        // A slot that nobody competes with would only wait for the commit: it may as well do it, and go on with the next step without a change
        // of threads. Other callers must not be held up by a disk.
        if (_store.CommitsAtOnce || (onSlot && _changes.Running.Count <= 1) || _state is EngineState.Stopped)
            Work(onSlot && _store.CommitsAtOnce ? MaxRoundsOnSlot : MaxRoundsOnCaller, onSlot);
        else
            WorkElsewhere();
        return true;
    }

    /// <summary>A slot took a step that was not claimed for it in advance: the claim is to be stored soon.</summary>
    private void Nudge()
    {
        if (!TryBecomeBusy())
            return;
        if (_store.CommitsAtOnce || _state is EngineState.Stopped)
            Work(MaxRoundsOnSlot, onSlot: false);
        else
            WorkElsewhere();
    }

    /// <summary>On a thread of its own where work means to wait for a disk, and otherwise on one of the pool's: a further one would only compete with them.</summary>
    private void WorkElsewhere()
    {
        if (_thread is not null)
            _thread.Wake();
        else
            ThreadPool.UnsafeQueueUserWorkItem(static engine => engine.Work(MaxRoundsOnSlot, onSlot: false), this, preferLocal: false);
    }

    private bool TryBecomeBusy() => Volatile.Read(ref _busy) == 0 && Interlocked.CompareExchange(ref _busy, 1, 0) == 0;

    private bool HasWork => !_inbox.IsEmpty || _ready.HasClaims;

    /// <summary>Runs rounds until nothing is left. Only one thread at a time is here: the one that set <see cref="_busy"/>.</summary>
    private void Work(int maxRounds, bool onSlot)
    {
        for (var rounds = 0; ; rounds++)
        {
            if (rounds == maxRounds)
            {
                WorkElsewhere();
                return;
            }

            try
            {
                Round(onSlot);
            }
            catch (Exception exception)
            {
                Log.RoundFailed(_logger, exception);
                if (_stopRequested is not null)
                    Close();
            }

            if (HasWork)
                continue;
            Interlocked.Exchange(ref _busy, 0);
            if (!HasWork || !TryBecomeBusy())
                return;
        }
    }

    private void Round(bool onSlot)
    {
        if (_state is EngineState.Stopped)
        {
            RejectAll();
            return;
        }

        _applied = 0;
        var now = ApplyCommands();
        if (!_store.CommitsAtOnce && !onSlot && _stopRequested is null)
            now = Linger(now);
        while (_timers.TryTake(now, out var due))
            due.Run.Retry(due, now, _changes);
        while (_staleness.TryTake(now, out var stale))
        {
            Log.TaskStale(_logger, stale.Id, stale.Plan.Template, stale.State.ToName());
            stale.Expire(now, _changes);
        }

        if (_stopRequested is null)
            ClaimForFreeSlots(now, onSlot);
        else
            TakeBackClaimed();

        try
        {
            if (_changes.NeedStoring)
            {
                Commit(now);
            }
        }
        catch (Exception exception)
        {
            _followUp.Failed(exception, now);
            if (_stopRequested is not null)
                Close();
            return;
        }

        _followUp.Committed(now, onSlot);
        if (_stopRequested is not null)
            Close();
    }

    private void Commit(DateTimeOffset now)
    {
        if (_store.CommitsAtOnce && !_metrics.WantCommits)
        {
            _store.Commit(_changes, now);
            return;
        }

        var began = Stopwatch.GetTimestamp();
        _store.Commit(_changes, now);
        var duration = Stopwatch.GetElapsedTime(began);
        _linger.Committed(duration, _applied);
        _metrics.Committed(_changes, duration);
    }

    private void TakeCommands()
    {
        _inbox.TakeAll(ref _commands);
        if (_own is not { } own)
            return;
        _commands.Add(own);
        _own = null;
    }

    /// <returns>The time, which is not before that of any command applied.</returns>
    private DateTimeOffset ApplyCommands()
    {
        TakeCommands();
        var now = _time.GetUtcNow();

        // A step is taken before it is reported, so what was taken is asked for after what was reported, and applied before it.
        _ready.TakeClaims(ref _claims);
        foreach (var claim in _claims)
        {
            if (claim.Step.State is StepState.Enqueued && claim.Step.Ticket == claim.Ticket)
                TaskRun.Claim(claim.Step, now, _changes);
            else if (!TaskRun.IsCurrent(claim.Step, claim.Ticket))
                claim.Cancel();
        }

        _claims.Clear();
        foreach (var command in _commands)
            TryApply(command, now);
        _applied += _commands.Count;
        _commands.Clear();
        return now;
    }

    /// <summary>Steps that run, and requests like those of the commit before, may well come before this commit is made: then they need not wait for the next.</summary>
    private DateTimeOffset Linger(DateTimeOffset now)
    {
        if (!IsMoreToCome() || !_linger.Begin())
            return now;
        do
        {
            if (HasWork)
            {
                _linger.Gained();
                now = ApplyCommands();
            }
        }
        while (IsMoreToCome() && _linger.Goes());
        _linger.End();
        return now;

        bool IsMoreToCome() => _changes.Running.Count > 0 || _applied < _linger.Expected;
    }

    private void TryApply(Command command, DateTimeOffset now)
    {
        try
        {
            Apply(command, now);
        }
        catch (Exception exception)
        {
            // A defect of the engine must not end it: the other tasks go on.
            Log.CommandFailed(_logger, command.Kind, exception);
            Reject(command, exception);
        }
    }

    private void Apply(Command command, DateTimeOffset now)
    {
        switch (command.Kind)
        {
            case CommandKind.Stop:
                _stopRequested = (TaskCompletionSource)command.Target!;
                break;
            case CommandKind.Wake:
                _timers.Fired();
                break;
            default:
                _executor.Execute(command, now);
                break;
        }
    }

    /// <summary>Steps that a waiting slot is certain to get are claimed in the same commit that makes them ready.</summary>
    private void ClaimForFreeSlots(DateTimeOffset now, bool onSlot)
    {
        var free = _ready.FreeSlots + (onSlot ? 1 : 0);
        if (free == 0)
            return;
        foreach (var step in _changes.Ready)
        {
            if (free-- == 0)
                return;
            if (step.State is StepState.Enqueued)
                TaskRun.Claim(step, now, _changes);
        }
    }

    private void TakeBackClaimed()
    {
        foreach (var step in _ready.TakeBackClaimed())
            TaskRun.Release(step, _changes);
        foreach (var step in _changes.Ready.ToArray())
        {
            if (step.State is StepState.InProgress)
                TaskRun.Release(step, _changes);
        }
    }

    private void Close()
    {
        if (_state is EngineState.Stopped)
            return;
        _state = EngineState.Stopped;
        _timers.Dispose();
        _thread?.Stop();
        Outbox.Close();
        var stopped = new OperationCanceledException("The embedded engine stopped before the task was finished. It goes on when the engine starts again.");
        foreach (var run in _live.ById.Values)
            run.Followers.Abandon(stopped);
        _live.Clear();
        CloseStore();
        Log.EngineStopped(_logger);
        _stopRequested?.TrySetResult();
    }

    private void CloseStore()
    {
        if (_stopRequested is null)
        {
            _store.Dispose();
            return;
        }

        try
        {
            _store.Close();
        }
        catch (TaskStoreException exception)
        {
            Log.UpkeepFailed(_logger, exception.Message, exception);
        }
    }

    private void RejectAll()
    {
        TakeCommands();
        foreach (var command in _commands)
            Reject(command);
        _commands.Clear();
        _ready.TakeClaims(ref _claims);
        _claims.Clear();
    }

    private void Reject(Command command, Exception? cause = null)
    {
        var reason = cause ?? new InvalidOperationException(
            _state is EngineState.NotStarted
                ? "The embedded engine has not been started. Start the host first."
                : "The embedded engine has stopped.");
        switch (command.Target)
        {
            case IRefusable request:
                request.Refuse(reason);
                break;
            case TaskCompletionSource stop:
                stop.TrySetResult();
                break;
        }
    }
}
