namespace Tasker.Embedded.Orchestration;

/// <summary>A copy of what an attempt returned, independent of the worker slot that produced it.</summary>
internal sealed record AttemptOutcome(
    StepOutcomeKind Kind,
    ReadOnlyMemory<byte> Result,
    Decision? Decision = null,
    BatchPlan? BatchPlan = null,
    string? WorkerTemplate = null,
    StepFailure? Failure = null)
{
    public static AttemptOutcome CopyOf(StepOutcome outcome) => outcome.Kind is StepOutcomeKind.Failure
        ? new AttemptOutcome(outcome.Kind, default, Failure: outcome.Failure)
        : new AttemptOutcome(outcome.Kind, outcome.Result.ToArray(), outcome.Decision, outcome.BatchPlan, outcome.WorkerTemplate);
}
