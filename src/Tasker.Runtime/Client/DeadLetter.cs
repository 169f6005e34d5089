using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>A task that was given up and waits for somebody to look at it (protocol sheet §1.2, <c>tasks_dlq</c>). Immutable.</summary>
public sealed record DeadLetter
{
    /// <summary>The entry's id.</summary>
    public required Guid EntryId { get; init; }

    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>The template's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The template's name.</summary>
    public required string Name { get; init; }

    /// <summary>The template's version.</summary>
    public required string Version { get; init; }

    /// <summary>The state in which the task was given up.</summary>
    public required TaskState OriginalState { get; init; }

    /// <summary>Why.</summary>
    public required DeadLetterReason Reason { get; init; }

    /// <summary>Which limit it passed, and by how much; <see langword="null"/> when nothing more is known.</summary>
    public string? Detail { get; init; }

    /// <summary>When it was given up.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>What became of it.</summary>
    public required DeadLetterStatus Status { get; init; }

    /// <summary>When it was closed.</summary>
    public DateTimeOffset? ResolvedAt { get; init; }

    /// <summary>Who closed it.</summary>
    public string? ResolvedBy { get; init; }

    /// <summary>What they wrote.</summary>
    public string? Notes { get; init; }
}

/// <summary>Why a task was given up (protocol sheet §1.2, <c>dlq_reason</c>).</summary>
public enum DeadLetterReason
{
    /// <summary><c>staleness_timeout</c>: it stayed in a state, or lived, longer than its template's <c>lifecycle</c> allows.</summary>
    StalenessTimeout,

    /// <summary><c>max_retries_exceeded</c>.</summary>
    MaxRetriesExceeded,

    /// <summary><c>dependency_cycle_detected</c>.</summary>
    DependencyCycleDetected,

    /// <summary><c>worker_unavailable</c>.</summary>
    WorkerUnavailable,

    /// <summary><c>manual_dlq</c>.</summary>
    Manual,
}

/// <summary>What became of a dead letter (protocol sheet §1.2, <c>resolution_status</c>).</summary>
public enum DeadLetterStatus
{
    /// <summary><c>pending</c>: it waits for somebody.</summary>
    Pending,

    /// <summary><c>manually_resolved</c>: somebody mended it.</summary>
    ManuallyResolved,

    /// <summary><c>permanently_failed</c>: nothing can be done.</summary>
    PermanentlyFailed,

    /// <summary><c>cancelled</c>: it does not matter any more.</summary>
    Cancelled,
}

/// <summary>How a dead letter is closed.</summary>
/// <param name="Status">What became of it; anything but <see cref="DeadLetterStatus.Pending"/>.</param>
/// <param name="ResolvedBy">Who says so, 1 to 255 characters.</param>
/// <param name="Notes">What there is to say, at most 4,000 characters.</param>
public sealed record DeadLetterResolution(DeadLetterStatus Status, string ResolvedBy, string? Notes = null);

/// <summary>Which dead letters to list. What is not given does not restrict.</summary>
public sealed record DeadLetterFilter
{
    /// <summary>With one of these statuses. Default: those that are pending. Empty: with any.</summary>
    public ImmutableArray<DeadLetterStatus> Statuses { get; init; } = [DeadLetterStatus.Pending];

    /// <summary>Of this task.</summary>
    public Guid? TaskId { get; init; }

    /// <summary>How many a page has at most. Default 50; 1 to <see cref="TaskFilter.MaxPageSize"/>.</summary>
    public int PageSize { get; init; } = 50;

    /// <summary>The <see cref="DeadLetterPage.Next"/> of the page before; <see langword="null"/> for the first page.</summary>
    public string? After { get; init; }
}

/// <summary>A page of a list of dead letters. Immutable.</summary>
public sealed record DeadLetterPage
{
    /// <summary>The dead letters, the latest first.</summary>
    public required ImmutableArray<DeadLetter> DeadLetters { get; init; }

    /// <summary>What <see cref="DeadLetterFilter.After"/> is for the next page; <see langword="null"/> on the last one.</summary>
    public string? Next { get; init; }
}
