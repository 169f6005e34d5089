namespace Tasker.Embedded.Orchestration;

/// <summary>What can happen to a step (protocol sheet §9.2).</summary>
internal enum StepEvent
{
    Enqueue,
    Start,
    EnqueueForOrchestration,
    EnqueueAsErrorForOrchestration,
    Complete,
    Fail,
    WaitForRetry,
    Retry,
    ResetForRetry,
    CompleteManually,
    ResolveManually,
    Cancel,
}

/// <summary>
/// The only place that knows which step transitions are legal (protocol sheet §9.2). A step's state changes through it or not at all.
/// Operator events are refused in terminal states: what is done stays done.
/// </summary>
internal static class StepTransitions
{
    private const int None = -1;
    private const int Events = (int)StepEvent.Cancel + 1;

    private static readonly sbyte[] Table = Build();

    /// <summary>Whether an event is legal in a state, and where it leads.</summary>
    public static bool TryNext(StepState state, StepEvent happened, out StepState next)
    {
        var entry = Table[((int)state * Events) + (int)happened];
        next = (StepState)entry;
        return entry != None;
    }

    /// <summary>Where an event leads.</summary>
    /// <exception cref="InvalidOperationException">The event is not legal in that state.</exception>
    public static StepState Next(StepState state, StepEvent happened) =>
        TryNext(state, happened, out var next)
            ? next
            : throw new InvalidOperationException($"A step in '{state.ToName()}' has no transition for {happened}.");

    private static sbyte[] Build()
    {
        var table = new sbyte[((int)StepState.ResolvedManually + 1) * Events];
        Array.Fill(table, (sbyte)None);
        void Add(StepState from, StepEvent happened, StepState to) => table[((int)from * Events) + (int)happened] = (sbyte)to;

        Add(StepState.Pending, StepEvent.Enqueue, StepState.Enqueued);
        Add(StepState.Pending, StepEvent.Fail, StepState.Error);
        Add(StepState.Pending, StepEvent.WaitForRetry, StepState.WaitingForRetry);
        Add(StepState.Enqueued, StepEvent.Start, StepState.InProgress);
        Add(StepState.Enqueued, StepEvent.Fail, StepState.Error);
        Add(StepState.Enqueued, StepEvent.WaitForRetry, StepState.WaitingForRetry);
        Add(StepState.InProgress, StepEvent.EnqueueForOrchestration, StepState.EnqueuedForOrchestration);
        Add(StepState.InProgress, StepEvent.EnqueueAsErrorForOrchestration, StepState.EnqueuedAsErrorForOrchestration);
        Add(StepState.InProgress, StepEvent.WaitForRetry, StepState.WaitingForRetry);
        Add(StepState.EnqueuedForOrchestration, StepEvent.Complete, StepState.Complete);
        Add(StepState.EnqueuedForOrchestration, StepEvent.Fail, StepState.Error);
        Add(StepState.EnqueuedAsErrorForOrchestration, StepEvent.WaitForRetry, StepState.WaitingForRetry);
        Add(StepState.EnqueuedAsErrorForOrchestration, StepEvent.Fail, StepState.Error);
        Add(StepState.EnqueuedAsErrorForOrchestration, StepEvent.Complete, StepState.Complete);
        Add(StepState.WaitingForRetry, StepEvent.Retry, StepState.Pending);
        Add(StepState.Error, StepEvent.ResetForRetry, StepState.Pending);

        foreach (var state in Enum.GetValues<StepState>())
        {
            if (state.IsTerminal())
                continue;
            Add(state, StepEvent.CompleteManually, StepState.Complete);
            Add(state, StepEvent.ResolveManually, StepState.ResolvedManually);
            Add(state, StepEvent.Cancel, StepState.Cancelled);
        }

        return table;
    }
}
