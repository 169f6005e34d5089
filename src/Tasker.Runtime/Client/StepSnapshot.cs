using System.Collections.Immutable;
using Tasker.Templates;

namespace Tasker.Client;

/// <summary>A step at one moment. Immutable.</summary>
public sealed record StepSnapshot
{
    /// <summary>The step's id.</summary>
    public required Guid StepId { get; init; }

    /// <summary>The step's name in the task; a batch worker's instance ends with its batch id.</summary>
    public required string Name { get; init; }

    /// <summary>The name of the step's definition in the template.</summary>
    public required string TemplateStep { get; init; }

    /// <summary>What the step does to the graph.</summary>
    public required StepType Type { get; init; }

    /// <summary>The step's state.</summary>
    public required StepState State { get; init; }

    /// <summary>Attempts made so far.</summary>
    public required int Attempts { get; init; }

    /// <summary>All attempts allowed, the first included.</summary>
    public required int MaxAttempts { get; init; }

    /// <summary>The names of the steps it waits for, in this task.</summary>
    public ImmutableArray<string> Dependencies { get; init; } = [];

    /// <summary>What the handler returned, a UTF-8 JSON object; empty unless the step is complete.</summary>
    public ReadOnlyMemory<byte> Result { get; init; }

    /// <summary>Why the last attempt failed.</summary>
    public StepFailure? Failure { get; init; }

    /// <summary>The last checkpoint; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>When the next attempt is due, while the step waits for a retry.</summary>
    public DateTimeOffset? NextAttemptAt { get; init; }

    /// <summary>When the last attempt began; <see langword="null"/> when there was none.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When the step came to a terminal state.</summary>
    public DateTimeOffset? CompletedAt { get; init; }
}
