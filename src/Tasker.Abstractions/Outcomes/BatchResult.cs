namespace Tasker;

/// <summary>What a <see cref="BatchWorkerAttribute"/> handler returns: counts of one batch.</summary>
public class BatchResult
{
    private protected BatchResult(long processed, long? succeeded, long failed, long skipped)
    {
        Processed = processed;
        Succeeded = succeeded ?? processed;
        Failed = failed;
        Skipped = skipped;
    }

    /// <summary>Items looked at.</summary>
    public long Processed { get; }

    /// <summary>Items that succeeded. 0 means none, never "all".</summary>
    public long Succeeded { get; }

    /// <summary>Items that failed.</summary>
    public long Failed { get; }

    /// <summary>Items left out on purpose.</summary>
    public long Skipped { get; }

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

/// <summary>Counts of one batch and a value for the aggregation.</summary>
/// <typeparam name="T">An object type; its members become members of the step's result.</typeparam>
public sealed class BatchResult<T> : BatchResult
{
    internal BatchResult(T value, long processed, long? succeeded, long failed, long skipped)
        : base(processed, succeeded, failed, skipped) => Value = value;

    /// <summary>What the aggregation reads.</summary>
    public T Value { get; }
}
