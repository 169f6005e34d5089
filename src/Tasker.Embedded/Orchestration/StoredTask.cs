using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>A task as a store has it, to go on with.</summary>
internal sealed record StoredTask
{
    public required Guid Id { get; init; }

    /// <summary>The store's own number of the task.</summary>
    public required long Key { get; init; }

    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public required string Version { get; init; }

    public required TaskState State { get; init; }

    public required ReadOnlyMemory<byte> Context { get; init; }

    public required StartOptions Options { get; init; }

    public required Guid CorrelationId { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>What makes another request the same; <see langword="null"/> when nothing does.</summary>
    public string? IdentityHash { get; init; }

    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    /// <summary>When it last became a dead letter; known of unfinished tasks only.</summary>
    public DateTimeOffset? DeadLetterAt { get; init; }

    /// <summary>How many of the steps the task began with.</summary>
    public required int PlannedSteps { get; init; }

    /// <summary>All steps, in order of creation.</summary>
    public required IReadOnlyList<StoredStep> Steps { get; init; }
}

/// <summary>A step of a <see cref="StoredTask"/>.</summary>
internal sealed record StoredStep
{
    public required string Name { get; init; }

    public required string TemplateStep { get; init; }

    /// <summary>The indices of the steps it waits for.</summary>
    public required int[] Parents { get; init; }

    public StepState State { get; init; }

    public int Attempts { get; init; }

    public ReadOnlyMemory<byte> Inputs { get; init; }

    public byte[] Result { get; init; } = [];

    public StepFailure? Failure { get; init; }

    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public IReadOnlyList<JournalEntry> Journal { get; init; } = [];

    /// <summary>Whether the store has a row of the step.</summary>
    public bool IsStored { get; init; }
}
