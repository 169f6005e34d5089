using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>What happened to a task and its steps. Immutable.</summary>
public sealed record TaskHistory
{
    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>The transitions, in the order in which they happened.</summary>
    public required ImmutableArray<HistoryEntry> Entries { get; init; }

    /// <summary>The transitions of one step.</summary>
    public IEnumerable<HistoryEntry> OfStep(string step) => Entries.Where(entry => entry.Step == step);

    /// <summary>The transitions of the task itself.</summary>
    public IEnumerable<HistoryEntry> OfTask() => Entries.Where(entry => entry.Step is null);
}

/// <summary>One transition of a task or of a step (protocol sheet §9). Immutable.</summary>
public sealed record HistoryEntry
{
    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The step's name; <see langword="null"/> for a transition of the task itself.</summary>
    public string? Step { get; init; }

    /// <summary>The stored name of the state before; <see langword="null"/> when it was created.</summary>
    public string? From { get; init; }

    /// <summary>The stored name of the state after, such as <c>in_progress</c>.</summary>
    public required string To { get; init; }

    /// <summary>Which attempt of the step it belongs to, 1 for the first; <see langword="null"/> when none.</summary>
    public int? Attempt { get; init; }

    /// <summary>Why: the failure's message, or what a person said who resolved the step.</summary>
    public string? Reason { get; init; }

    /// <summary>The person who caused it; <see langword="null"/> when it happened by itself.</summary>
    public string? By { get; init; }
}
