namespace Tasker.Templates;

/// <summary>How long a task may stay where it is before it counts as stale (protocol sheet §3.2, <c>lifecycle</c>).</summary>
public sealed record TaskLifecycle
{
    /// <summary>The longest life of a task.</summary>
    public TimeSpan? MaxDuration { get; init; }

    /// <summary>The longest wait for dependencies.</summary>
    public TimeSpan? MaxWaitingForDependencies { get; init; }

    /// <summary>The longest wait for a retry.</summary>
    public TimeSpan? MaxWaitingForRetry { get; init; }

    /// <summary>The longest time with steps in process.</summary>
    public TimeSpan? MaxStepsInProcess { get; init; }

    /// <summary>What happens to a stale task. Default <c>dlq</c>.</summary>
    public string StalenessAction { get; init; } = "dlq";

    /// <summary>Whether a stale task fails.</summary>
    public bool? AutoFailOnTimeout { get; init; }

    /// <summary>Whether a stale task becomes a dead letter.</summary>
    public bool? AutoDlqOnTimeout { get; init; }
}
