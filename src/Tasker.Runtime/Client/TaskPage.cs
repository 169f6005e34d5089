using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>A page of a list of tasks. Immutable.</summary>
public sealed record TaskPage
{
    /// <summary>The tasks, the latest first.</summary>
    public required ImmutableArray<TaskSummary> Tasks { get; init; }

    /// <summary>What <see cref="TaskFilter.After"/> is for the next page; <see langword="null"/> on the last one.</summary>
    public string? Next { get; init; }
}

/// <summary>A task at one moment, without its context and its steps. Immutable.</summary>
public sealed record TaskSummary
{
    /// <summary>The task's id.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>The template's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The template's name.</summary>
    public required string Name { get; init; }

    /// <summary>The template's version.</summary>
    public required string Version { get; init; }

    /// <summary>The task's state.</summary>
    public required TaskState State { get; init; }

    /// <summary>Who asked, why, and with which priority and tags; without <see cref="StartOptions.IdempotencyKey"/> and the other members about identity.</summary>
    public required StartOptions Options { get; init; }

    /// <summary>Ties together everything that one request caused.</summary>
    public required Guid CorrelationId { get; init; }

    /// <summary>When the task was started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the task came to a terminal state.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>How many steps exist.</summary>
    public required int Steps { get; init; }

    /// <summary>How many of them are complete or resolved by hand.</summary>
    public required int StepsDone { get; init; }

    /// <summary>How many of them failed for good.</summary>
    public required int StepsFailed { get; init; }
}
