namespace Tasker.Postgres.Claims;

/// <summary>A claimed step of tasker-core, with what its completion needs.</summary>
internal sealed class CoreStep : ClaimedStep
{
    /// <summary>The transition to <c>in_progress</c> that is this claim. Only while it is the step's latest does the outcome count.</summary>
    public required Guid ClaimId { get; init; }

    /// <summary>What the claim changed about the step, as it was before.</summary>
    public required StepBefore Before { get; init; }

    /// <summary>The same attempt, to go on from a checkpoint (protocol sheet §8.6): no transition, no message, no attempt more.</summary>
    public CoreStep From(ReadOnlyMemory<byte> checkpoint) => new()
    {
        ClaimId = ClaimId,
        Before = Before,
        TaskId = TaskId,
        StepId = StepId,
        CorrelationId = CorrelationId,
        ParentCorrelationId = ParentCorrelationId,
        Template = Template,
        Definition = Definition,
        Name = Name,
        Attempts = Attempts,
        MaxAttempts = MaxAttempts,
        TaskContext = TaskContext,
        Configuration = Configuration,
        Inputs = Inputs,
        Checkpoint = checkpoint,
        PreviousFailure = PreviousFailure,
        Dependencies = Dependencies,
    };
}
