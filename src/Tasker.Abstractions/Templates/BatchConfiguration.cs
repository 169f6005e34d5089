namespace Tasker.Templates;

/// <summary>
/// What happens to the other batches when one fails for good. The embedded engine acts on it; tasker-core only tells its workers (protocol sheet
/// §8.5).
/// </summary>
public enum BatchFailureStrategy
{
    /// <summary>The other batches go on; the convergence does not happen, and the task fails.</summary>
    ContinueOnFailure,

    /// <summary>
    /// Batches that have not started fail too, and the task is blocked; they start when the failed one is mended. Those that run go on to their end; what one that a
    /// worker takes at this very moment returns is not kept.
    /// </summary>
    FailFast,

    /// <summary>The failed batch is set aside; the others and the convergence go on without it, and the task can complete.</summary>
    Isolate,
}

/// <summary>The batch settings of a <c>batch_worker</c> step (protocol sheet §3.2, <c>batch_config</c>).</summary>
public sealed record BatchConfiguration
{
    /// <summary>Items in a batch, as a hint to the analyzer.</summary>
    public int BatchSize { get; init; }

    /// <summary>How many batches may run at once, as a hint.</summary>
    public int Parallelism { get; init; }

    /// <summary>What the cursor counts, such as <c>row_number</c>.</summary>
    public required string CursorField { get; init; }

    /// <summary>The name of the worker's template step.</summary>
    public required string WorkerTemplate { get; init; }

    /// <summary>What happens to the other batches when one fails.</summary>
    public BatchFailureStrategy FailureStrategy { get; init; }
}
