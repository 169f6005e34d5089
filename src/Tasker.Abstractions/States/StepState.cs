namespace Tasker;

/// <summary>The states of a step (protocol sheet §9.2).</summary>
public enum StepState
{
    /// <summary>Waits for its dependencies.</summary>
    Pending,

    /// <summary>Ready; waits for a worker.</summary>
    Enqueued,

    /// <summary>A worker runs its handler.</summary>
    InProgress,

    /// <summary>Succeeded; the orchestrator has not looked at the result yet.</summary>
    EnqueuedForOrchestration,

    /// <summary>Failed; the orchestrator has not decided about a retry yet.</summary>
    EnqueuedAsErrorForOrchestration,

    /// <summary>Will be tried again when its backoff has passed.</summary>
    WaitingForRetry,

    /// <summary>Failed for good, unless an operator resets it.</summary>
    Error,

    /// <summary>Done. Terminal.</summary>
    Complete,

    /// <summary>Cancelled. Terminal.</summary>
    Cancelled,

    /// <summary>Resolved by an operator. Terminal.</summary>
    ResolvedManually,
}
