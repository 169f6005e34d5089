namespace Tasker.Templates;

/// <summary>What happens to the other batches when one fails.</summary>
public enum BatchFailureStrategy
{
    /// <summary>The other batches go on.</summary>
    ContinueOnFailure,

    /// <summary>Batches that have not started are cancelled.</summary>
    FailFast,

    /// <summary>The failed batch is set aside; the others and the convergence go on without it.</summary>
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
