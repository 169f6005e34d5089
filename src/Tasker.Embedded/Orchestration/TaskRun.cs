using System.Diagnostics;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// One unfinished task: its steps, their edges and what may happen to them next. Pure logic: it does no I/O and reads no clock. Changed by
/// the engine only, one change at a time.
/// </summary>
internal sealed partial class TaskRun
{
    /// <summary>The error type of a batch that was not started because another one failed.</summary>
    internal const string NotStarted = "batch_not_started";

    /// <summary>The error type of a step whose task was stale.</summary>
    internal const string Stale = "stale_task";

    private StepRun[] _steps;
    private int _count;
    private DynamicGraph? _dynamic;

    private int _active;
    private int _retrying;
    private int _failed;
    private int _waiting;
    private Journal _journal;
    private TaskState _noted;

    /// <summary>Creates a task in its first state, with no step yet.</summary>
    public TaskRun(Guid id, TaskPlan plan, ReadOnlyMemory<byte> context, StartOptions options, Guid correlationId, DateTimeOffset createdAt)
    {
        Id = id;
        Plan = plan;
        Context = context;
        Options = options;
        CorrelationId = correlationId;
        CreatedAt = createdAt;
        ProgressAt = createdAt;
        AliveSince = createdAt;
        _steps = new StepRun[plan.Initial.Length];
    }

    public Guid Id { get; }

    public TaskPlan Plan { get; }

    public ReadOnlyMemory<byte> Context { get; }

    public StartOptions Options { get; }

    public Guid CorrelationId { get; }

    public DateTimeOffset CreatedAt { get; }

    public DateTimeOffset? CompletedAt { get; private set; }

    public TaskState State { get; private set; }

    /// <summary>What makes another request the same; <see langword="null"/> when nothing does.</summary>
    public string? IdentityHash { get; init; }

    /// <summary>The trace of whoever started the task in this process, when there is one.</summary>
    public Activity? Cause { get; init; }

    /// <summary>What happened to the task beyond its state.</summary>
    public IReadOnlyList<JournalEntry> Journal => _journal.Entries;

    /// <summary>How many of the steps the task began with.</summary>
    public int PlannedSteps { get; private set; }

    /// <summary>The steps that exist, in order of creation.</summary>
    public ReadOnlySpan<StepRun> Steps => _steps.AsSpan(0, _count);

    /// <summary>Finds a step by its index. Safe on any thread for a step that existed when the caller's own step became ready.</summary>
    public StepRun StepAt(int index) => Volatile.Read(ref _steps)[index];

    /// <summary>Bookkeeping of <see cref="Changes"/>.</summary>
    internal bool IsChanged { get; set; }

    /// <summary>Bookkeeping of <see cref="Changes"/>.</summary>
    internal bool IsNotified { get; set; }

    /// <summary>Bookkeeping of the store: the task's number there.</summary>
    internal long StoreKey { get; set; }

    /// <summary>Bookkeeping of the store: whether its row of the task says that the task is settled.</summary>
    internal bool IsRowSettled { get; set; }

    /// <summary>Bookkeeping of the store: since when its log knows more than its row of the task; 0 when it does not.</summary>
    internal long LoggedSince { get; set; }

    /// <summary>Bookkeeping of the store: the task's place among those that its log knows more of.</summary>
    internal LinkedListNode<TaskRun>? LogPlace { get; set; }

    /// <summary>Those who follow the task.</summary>
    internal TaskFollowers Followers { get; } = new();

    /// <summary>
    /// Lets a restored task go on. A step that was in progress is run again; its interrupted attempt counts. One whose attempts are more
    /// than used up has taken its process down each time, so it fails.
    /// </summary>
    public void Resume(DateTimeOffset now, Changes changes)
    {
        ProgressAt = now;
        foreach (var step in Steps)
        {
            switch (step.State)
            {
                case StepState.InProgress when step.Attempts > Math.Max(step.MaxAttempts, 1):
                    Move(step, StepEvent.EnqueueAsErrorForOrchestration, changes);
                    Fail(step, Interrupted(step), now, changes);
                    changes.Touch(step);
                    break;
                case StepState.InProgress:
                    NoteAttempt(step, StepState.WaitingForRetry, "The process ended during the attempt.", now);
                    Move(step, StepEvent.WaitForRetry, changes);
                    Move(step, StepEvent.Retry, changes);
                    Enqueue(step, changes);
                    changes.Touch(step);
                    break;
                case StepState.WaitingForRetry:
                    changes.Retrying.Add(step);
                    break;
                case StepState.Pending when step.Remaining == 0:
                    Enqueue(step, changes);
                    break;
            }
        }

        Settle(now, changes);
    }

    /// <summary>Creates the steps the task begins with and readies those that wait for nothing.</summary>
    public void Begin(Changes changes)
    {
        PlannedSteps = Plan.Initial.Length;
        foreach (var shape in Plan.Initial)
            Append(new StepRun(this, _count, shape));

        changes.Create(this);
        Move(TaskEvent.Start, changes);
        foreach (var step in Steps)
        {
            if (step.Remaining == 0)
                Enqueue(step, changes);
        }

        if (_active == 0)
        {
            // A template without steps: there is nothing to wait for.
            Move(TaskEvent.NoStepsFound, changes);
            CompletedAt = CreatedAt;
        }
        else
        {
            Move(TaskEvent.ReadyStepsFound, changes);
            Move(TaskEvent.StepsEnqueued, changes);
        }

        _noted = State;
    }

    /// <summary>A worker has the step, or is certain to get it. The attempt counts from here.</summary>
    public static void Claim(StepRun step, DateTimeOffset now, Changes changes)
    {
        Move(step, StepEvent.Start, changes);
        step.Attempts++;
        step.StartedAt = now;
        changes.StartRunning(step);
    }

    /// <summary>Whether an attempt is the one that counts now; a late or repeated report is not.</summary>
    public static bool IsCurrent(StepRun step, int ticket) => step.State is StepState.InProgress && step.Ticket == ticket;

    /// <summary>The step's attempt has ended.</summary>
    public void Finish(StepRun step, AttemptOutcome outcome, DateTimeOffset now, RetrySchedule retries, Changes changes)
    {
        StopRunning(step, changes);
        changes.Touch(step);
        ProgressAt = now;

        // The claim may have been noted some time after the handler began.
        if (step.StartedAt > now - outcome.Duration)
            step.StartedAt = now - outcome.Duration;
        if (outcome.Failure is { } failure)
        {
            Move(step, StepEvent.EnqueueAsErrorForOrchestration, changes);
            if (RetrySchedule.AllowsAnother(step.Definition.Retry, failure, step.Attempts))
                RetryLater(step, failure, now, retries, changes);
            else
                Fail(step, failure, now, changes);
        }
        else
        {
            Move(step, StepEvent.EnqueueForOrchestration, changes);
            if (UnfoldsGraph(step) && Graph.WhatIsWrongWith(step, outcome) is { } mistake)
            {
                Fail(step, mistake, now, changes);
            }
            else
            {
                Move(step, StepEvent.Complete, changes);
                Succeed(step, outcome, now, changes);
            }
        }

        // What a handler announced of a plan or a decision that cannot be carried out did not happen.
        if (outcome.Failure is not null || step.State is not StepState.Error)
        {
            foreach (var announced in outcome.Events)
                changes.Events.Add(new KeptEvent(announced, step, step.Attempts));
        }

        Settle(now, changes);
    }

    /// <summary>A worker hands a step back. The attempt does not count.</summary>
    public static void Release(StepRun step, Changes changes)
    {
        StopRunning(step, changes);
        step.Attempts--;
        if (step.IsStored)
            changes.Touch(step);
        Move(step, StepEvent.WaitForRetry, changes);
        Move(step, StepEvent.Retry, changes);
        Enqueue(step, changes);
    }

    /// <summary>Keeps how far a running step has come.</summary>
    public static void Checkpoint(StepRun step, ReadOnlyMemory<byte> checkpoint, Changes changes)
    {
        step.Checkpoint = checkpoint;
        changes.Touch(step);
    }

    /// <summary>The wait before a step's next attempt is over.</summary>
    public void Retry(StepRun step, DateTimeOffset now, Changes changes)
    {
        Move(step, StepEvent.Retry, changes);
        step.NextAttemptAt = null;
        Enqueue(step, changes);
        Settle(now, changes);
    }

    /// <summary>Adds a step that a decision or a batch analyzer led to. It becomes ready when its parents are done, which may be now.</summary>
    internal StepRun AddStep(PlanNode node, string name, int[] parents, ReadOnlyMemory<byte> inputs, Changes changes)
    {
        var step = Link(new StepRun(this, _count, new StepShape(node, name, parents) { Inputs = inputs }));
        changes.Touch(step);
        if (step.Remaining == 0)
            Enqueue(step, changes);
        return step;
    }

    internal bool HasStep(string name)
    {
        foreach (var step in Steps)
        {
            if (step.Name == name)
                return true;
        }

        return false;
    }

    private static bool UnfoldsGraph(StepRun step) => step.Node.Type is StepType.Decision or StepType.Batchable;

    private DynamicGraph Graph => _dynamic ??= new DynamicGraph(this);

    private void Succeed(StepRun step, AttemptOutcome outcome, DateTimeOffset now, Changes changes)
    {
        step.Result = outcome.Result;
        step.Trace = outcome.Trace;
        step.Failure = null;
        step.CompletedAt = now;
        ReleaseChildren(step, changes);
        if (UnfoldsGraph(step))
            Graph.Expand(step, outcome, changes);
    }

    private void ReleaseChildren(StepRun step, Changes changes)
    {
        foreach (var child in step.Shape.Children)
            ParentDone(_steps[child], changes);
        foreach (var child in step.MoreChildren)
            ParentDone(_steps[child], changes);
    }

    private static void ParentDone(StepRun child, Changes changes)
    {
        if (child.State is StepState.Pending && --child.Remaining == 0)
            Enqueue(child, changes);
    }

    /// <summary>Like <see cref="ReleaseChildren"/>, in a task that does not go on: those that wait for nothing else are ready when it does.</summary>
    private void FreeChildren(StepRun step) => ChangeRemaining(step, -1);

    /// <summary>What became ready while the task rested.</summary>
    private void EnqueueReady(Changes changes)
    {
        foreach (var step in Steps)
        {
            if (step.State is StepState.Pending && step.Remaining == 0)
                Enqueue(step, changes);
        }
    }

    /// <summary>The opposite of <see cref="ReleaseChildren"/>, for a step that a person takes up again: steps that have not become ready wait for it after all.</summary>
    private void HoldChildren(StepRun step) => ChangeRemaining(step, +1);

    private void ChangeRemaining(StepRun step, int change)
    {
        foreach (var child in step.Shape.Children)
            Change(_steps[child]);
        foreach (var child in step.MoreChildren)
            Change(_steps[child]);

        void Change(StepRun child) => child.Remaining += child.State is StepState.Pending ? change : 0;
    }

    private static void StopRunning(StepRun step, Changes changes)
    {
        changes.StopRunning(step);
        step.Handed = null;
    }

    private static void Enqueue(StepRun step, Changes changes)
    {
        Move(step, StepEvent.Enqueue, changes);
        step.NextTicket();
        changes.Ready.Add(step);
    }

    /// <summary>Takes the task to the state that its steps call for.</summary>
    private void Settle(DateTimeOffset now, Changes changes)
    {
        if (_active > 0)
        {
            // Workers have, or get, steps of it. That is what the state says unless it waited for a retry or for a person.
            Proceed(now, changes);
        }
        else if (_retrying > 0)
        {
            if (State is not TaskState.WaitingForRetry)
            {
                Proceed(now, changes);
                Move(TaskEvent.StepFailed, changes);
            }
        }
        else
        {
            if (State is not TaskState.EvaluatingResults)
            {
                Proceed(now, changes);
                Move(TaskEvent.StepCompleted, changes);
            }

            if (_failed > 0)
            {
                Move(TaskEvent.PermanentFailure, changes);
            }
            else if (_waiting > 0)
            {
                Move(TaskEvent.NoDependenciesReady, changes);
            }
            else
            {
                Move(TaskEvent.AllStepsSuccessful, changes);
                CompletedAt = now;
            }
        }

        Note(now, changes);
    }

    /// <summary>To the state in which workers have steps of the task.</summary>
    private void Proceed(DateTimeOffset now, Changes changes)
    {
        switch (State)
        {
            case TaskState.WaitingForRetry:
                // The wait does not count as time with steps in process.
                ProgressAt = now;
                Move(TaskEvent.RetryReady, changes);
                Move(TaskEvent.StepsEnqueued, changes);
                break;
            case TaskState.EvaluatingResults:
                Move(TaskEvent.ReadyStepsFound, changes);
                Move(TaskEvent.StepsEnqueued, changes);
                break;
        }
    }

    /// <summary>Writes down that the state is another than it was, unless the end of the task says so already.</summary>
    private void Note(DateTimeOffset now, Changes changes, string? reason = null, string? by = null)
    {
        if (Plan.HasLimits)
            changes.Limited.Add(this);
        if (State == _noted)
            return;
        if (State is not TaskState.Complete)
            _journal.Add(new JournalEntry(now, _noted.ToName(), State.ToName()) { Reason = reason, By = by });

        _noted = State;
    }

    private void Move(TaskEvent happened, Changes changes)
    {
        State = TaskTransitions.Next(State, happened);
        changes.Touch(this);
    }

    /// <summary>The only place where a step's state changes.</summary>
    private static void Move(StepRun step, StepEvent happened, Changes changes)
    {
        var next = StepTransitions.Next(step.State, happened);
        step.Run.Count(step, -1);
        step.State = next;
        step.Run.Count(step, +1);
        if (step.Run.Followers.WantChanges)
            changes.Notify(step.Run);
    }

    private void Count(StepRun step, int change)
    {
        switch (step.State)
        {
            case StepState.Pending:
                _waiting += change;
                break;
            case StepState.WaitingForRetry:
                _retrying += change;
                break;
            case StepState.Error when !step.IsSetAside:
                _failed += change;
                break;
            case StepState.Complete or StepState.Error or StepState.Cancelled or StepState.ResolvedManually:
                break;
            default:
                _active += change;
                break;
        }
    }

    private StepRun Link(StepRun step)
    {
        foreach (var index in step.Parents)
        {
            var parent = _steps[index];
            parent.AddChild(step.Index);
            if (parent.IsDone)
                step.Remaining--;
        }

        return Append(step);
    }

    private StepRun Append(StepRun step)
    {
        if (_count == _steps.Length)
        {
            var larger = new StepRun[Math.Max(4, _count * 2)];
            Array.Copy(_steps, larger, _count);
            Volatile.Write(ref _steps, larger);
        }

        _steps[_count++] = step;
        Count(step, +1);
        return step;
    }
}
