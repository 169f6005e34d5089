using System.Collections.Immutable;
using System.Text.Json;

namespace Tasker;

/// <summary>What a <see cref="BatchWorkerAttribute"/> handler returns: counts of one batch. Immutable.</summary>
public record BatchResult
{
    private protected BatchResult(long processed, long? succeeded, long failed, long skipped)
    {
        Processed = processed;
        Succeeded = succeeded ?? processed;
        Failed = failed;
        Skipped = skipped;
    }

    private protected BatchResult(BatchYield yielded) => Yielded = yielded;

    /// <summary>Items looked at.</summary>
    public long Processed { get; }

    /// <summary>Items that succeeded. 0 means none, never "all".</summary>
    public long Succeeded { get; }

    /// <summary>Items that failed.</summary>
    public long Failed { get; }

    /// <summary>Items left out on purpose.</summary>
    public long Skipped { get; }

    /// <summary>The last position that was processed.</summary>
    public BatchPosition? LastCursor { get; init; }

    /// <summary>The items that failed. Of a batch that is aggregated, the first 100.</summary>
    public ImmutableArray<BatchError> Errors { get; init; } = [];

    /// <summary>All items that failed and were reported, also those that <see cref="Errors"/> leaves out.</summary>
    public long ErrorCount => Math.Max(ReportedErrors, Errors.Length);

    /// <summary>What was made of each item.</summary>
    public ImmutableArray<JsonElement> Results { get; init; } = [];

    /// <summary>
    /// Marks a batch that counts as done although items of it failed, and says why; empty for no particular reason. <see langword="null"/>
    /// without such items.
    /// </summary>
    public string? PartialFailure { get; init; }

    /// <summary>The batch's id, in an aggregation.</summary>
    public string? BatchId { get; internal init; }

    internal long ReportedErrors { get; init; }

    /// <summary>Set when the batch is not finished but gives its slot back.</summary>
    internal BatchYield? Yielded { get; }

    /// <summary>The batch is not finished; it gives its slot back.</summary>
    public static implicit operator BatchResult(BatchYield yielded)
    {
        ArgumentNullException.ThrowIfNull(yielded);
        return new BatchResult(yielded);
    }

    /// <summary>A batch whose items were processed.</summary>
    /// <param name="processed">Items looked at, 0 or more.</param>
    /// <param name="succeeded">Items that succeeded; all of <paramref name="processed"/> when not given.</param>
    /// <param name="failed">Items that failed.</param>
    /// <param name="skipped">Items left out on purpose.</param>
    /// <exception cref="ArgumentOutOfRangeException">A count is negative.</exception>
    public static BatchResult Of(long processed, long? succeeded = null, long failed = 0, long skipped = 0)
    {
        Check(processed, succeeded, failed, skipped);
        return new BatchResult(processed, succeeded, failed, skipped);
    }

    /// <summary>A batch whose items were processed, with a value for the aggregation.</summary>
    /// <typeparam name="T">An object type; its members become members of the step's result.</typeparam>
    /// <inheritdoc cref="Of(long, long?, long, long)"/>
    /// <param name="value">What the aggregation reads.</param>
    /// <param name="processed">Items looked at, 0 or more.</param>
    /// <param name="succeeded">Items that succeeded; all of <paramref name="processed"/> when not given.</param>
    /// <param name="failed">Items that failed.</param>
    /// <param name="skipped">Items left out on purpose.</param>
    public static BatchResult<T> Of<T>(T value, long processed, long? succeeded = null, long failed = 0, long skipped = 0)
    {
        Check(processed, succeeded, failed, skipped);
        return new BatchResult<T>(value, processed, succeeded, failed, skipped);
    }

    private static void Check(long processed, long? succeeded, long failed, long skipped)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(processed);
        ArgumentOutOfRangeException.ThrowIfNegative(succeeded ?? 0, nameof(succeeded));
        ArgumentOutOfRangeException.ThrowIfNegative(failed);
        ArgumentOutOfRangeException.ThrowIfNegative(skipped);
    }
}

/// <summary>Counts of one batch and a value for the aggregation. Immutable.</summary>
/// <typeparam name="T">An object type; its members become members of the step's result.</typeparam>
public sealed record BatchResult<T> : BatchResult
{
    internal BatchResult(T value, long processed, long? succeeded, long failed, long skipped)
        : base(processed, succeeded, failed, skipped) => Value = value;

    private BatchResult(BatchYield yielded)
        : base(yielded) => Value = default!;

    /// <summary>What the aggregation reads.</summary>
    public T Value { get; }

    /// <summary>The batch is not finished; it gives its slot back.</summary>
    public static implicit operator BatchResult<T>(BatchYield yielded)
    {
        ArgumentNullException.ThrowIfNull(yielded);
        return new BatchResult<T>(yielded);
    }
}
