namespace Tasker.Embedded.Orchestration;

/// <summary>What can happen to a task (protocol sheet §9.1).</summary>
internal enum TaskEvent
{
    Start,
    ReadyStepsFound,
    NoStepsFound,
    NoDependenciesReady,
    StepsEnqueued,
    StepCompleted,
    StepFailed,
    AllStepsSuccessful,
    PermanentFailure,
    DependenciesReady,
    RetryReady,
    GiveUp,

    /// <summary>A person mended a step of a task that was blocked or given up; tasker-core has no such event (protocol sheet §10.4).</summary>
    StepResolved,

    /// <summary>The task stayed where it is for too long (protocol sheet §8.8; tasker-core does this in SQL, past its state machine).</summary>
    Expire,
    ResolveManually,
    Cancel,
}

/// <summary>
/// The only place that knows which task transitions are legal (protocol sheet §9.1). A task's state changes through it or not at all.
/// </summary>
internal static class TaskTransitions
{
    private const int None = -1;
    private const int Events = (int)TaskEvent.Cancel + 1;

    private static readonly sbyte[] Table = Build();

    /// <summary>Whether an event is legal in a state, and where it leads.</summary>
    public static bool TryNext(TaskState state, TaskEvent happened, out TaskState next)
    {
        var entry = Table[((int)state * Events) + (int)happened];
        next = (TaskState)entry;
        return entry != None;
    }

    /// <summary>Where an event leads.</summary>
    /// <exception cref="InvalidOperationException">The event is not legal in that state.</exception>
    public static TaskState Next(TaskState state, TaskEvent happened) =>
        TryNext(state, happened, out var next)
            ? next
            : throw new InvalidOperationException($"A task in '{state.ToName()}' has no transition for {happened}.");

    private static sbyte[] Build()
    {
        var table = new sbyte[((int)TaskState.ResolvedManually + 1) * Events];
        Array.Fill(table, (sbyte)None);
        void Add(TaskState from, TaskEvent happened, TaskState to) => table[((int)from * Events) + (int)happened] = (sbyte)to;

        Add(TaskState.Pending, TaskEvent.Start, TaskState.Initializing);
        Add(TaskState.Initializing, TaskEvent.ReadyStepsFound, TaskState.EnqueuingSteps);
        Add(TaskState.Initializing, TaskEvent.NoStepsFound, TaskState.Complete);
        Add(TaskState.Initializing, TaskEvent.NoDependenciesReady, TaskState.WaitingForDependencies);
        Add(TaskState.EnqueuingSteps, TaskEvent.StepsEnqueued, TaskState.StepsInProcess);
        Add(TaskState.StepsInProcess, TaskEvent.StepCompleted, TaskState.EvaluatingResults);
        Add(TaskState.StepsInProcess, TaskEvent.StepFailed, TaskState.WaitingForRetry);
        Add(TaskState.EvaluatingResults, TaskEvent.AllStepsSuccessful, TaskState.Complete);
        Add(TaskState.EvaluatingResults, TaskEvent.ReadyStepsFound, TaskState.EnqueuingSteps);
        Add(TaskState.EvaluatingResults, TaskEvent.NoDependenciesReady, TaskState.WaitingForDependencies);
        Add(TaskState.EvaluatingResults, TaskEvent.PermanentFailure, TaskState.BlockedByFailures);
        Add(TaskState.WaitingForDependencies, TaskEvent.DependenciesReady, TaskState.EvaluatingResults);
        Add(TaskState.WaitingForRetry, TaskEvent.RetryReady, TaskState.EnqueuingSteps);
        Add(TaskState.BlockedByFailures, TaskEvent.GiveUp, TaskState.Error);
        Add(TaskState.BlockedByFailures, TaskEvent.StepResolved, TaskState.EvaluatingResults);
        Add(TaskState.Error, TaskEvent.StepResolved, TaskState.EvaluatingResults);
        Add(TaskState.Error, TaskEvent.ResolveManually, TaskState.ResolvedManually);
        Add(TaskState.StepsInProcess, TaskEvent.Expire, TaskState.Error);
        Add(TaskState.WaitingForDependencies, TaskEvent.Expire, TaskState.Error);
        Add(TaskState.WaitingForRetry, TaskEvent.Expire, TaskState.Error);

        foreach (var state in Enum.GetValues<TaskState>())
        {
            if (state.IsTerminal())
                continue;
            Add(state, TaskEvent.ResolveManually, TaskState.ResolvedManually);
            Add(state, TaskEvent.Cancel, TaskState.Cancelled);
        }

        return table;
    }
}
