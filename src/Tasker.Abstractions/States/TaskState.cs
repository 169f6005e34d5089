namespace Tasker;

/// <summary>The states of a task (protocol sheet §9.1).</summary>
public enum TaskState
{
    /// <summary>Created, nothing started.</summary>
    Pending,

    /// <summary>Its first steps are being found.</summary>
    Initializing,

    /// <summary>Ready steps are being handed to workers.</summary>
    EnqueuingSteps,

    /// <summary>Workers have steps of it.</summary>
    StepsInProcess,

    /// <summary>Results are being looked at.</summary>
    EvaluatingResults,

    /// <summary>Nothing is ready yet.</summary>
    WaitingForDependencies,

    /// <summary>Only retries are left, and they are not due yet.</summary>
    WaitingForRetry,

    /// <summary>A failed step keeps the rest from running.</summary>
    BlockedByFailures,

    /// <summary>All steps are done. Terminal.</summary>
    Complete,

    /// <summary>Failed. Terminal until an operator resets it.</summary>
    Error,

    /// <summary>Cancelled. Terminal.</summary>
    Cancelled,

    /// <summary>Resolved by an operator. Terminal.</summary>
    ResolvedManually,
}
