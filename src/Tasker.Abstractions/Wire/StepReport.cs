namespace Tasker.Wire;

/// <summary>One finished attempt, as an orchestrator is told of it.</summary>
/// <param name="StepId">The step.</param>
/// <param name="Callable">The callable of the handler that ran.</param>
/// <param name="StartedAt">When the handler began.</param>
/// <param name="CompletedAt">When it ended.</param>
/// <param name="Duration">How long it ran.</param>
public readonly record struct StepReport(Guid StepId, string Callable, DateTimeOffset StartedAt, DateTimeOffset CompletedAt, TimeSpan Duration)
{
    /// <summary>Which worker ran it; <see langword="null"/> as tasker-core's own workers leave it.</summary>
    public string? WorkerId { get; init; }

    /// <summary>On which machine.</summary>
    public string? WorkerHostname { get; init; }
}
