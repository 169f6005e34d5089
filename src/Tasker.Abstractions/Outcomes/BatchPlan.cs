using System.Collections.Immutable;
using System.Globalization;

namespace Tasker;

/// <summary>What a <see cref="BatchAnalyzerAttribute"/> handler returns: how the work is split. Immutable.</summary>
public class BatchPlan
{
    private protected BatchPlan(ImmutableArray<BatchCursor> cursors, long totalItems, string? reason)
    {
        Cursors = cursors;
        TotalItems = totalItems;
        Reason = reason;
    }

    /// <summary>The batches in order; empty when there is nothing to do.</summary>
    public ImmutableArray<BatchCursor> Cursors { get; }

    /// <summary>All items of all batches.</summary>
    public long TotalItems { get; }

    /// <summary>Why there is nothing to do.</summary>
    public string? Reason { get; }

    /// <summary>Splits items into batches of a size; the last one may be smaller. No item is ever lost.</summary>
    /// <param name="totalItems">All items, 0 or more. 0 gives an empty plan.</param>
    /// <param name="batchSize">Items in a batch, 1 or more.</param>
    /// <param name="maxBatches">The most batches to make; when more would be needed, batches become larger. 0 or none means no limit.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="totalItems"/> is negative, or <paramref name="batchSize"/> is not positive.</exception>
    public static BatchPlan ForItems(long totalItems, long batchSize, int? maxBatches = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(totalItems);
        if (totalItems == 0)
            return Empty("empty_dataset");
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(batchSize);

        if (maxBatches is > 0 && CeilingDivide(totalItems, batchSize) > maxBatches)
            batchSize = CeilingDivide(totalItems, maxBatches.Value);
        return Split(totalItems, batchSize);
    }

    /// <summary>Splits items evenly over workers; fewer batches are made when there are fewer items. No item is ever lost.</summary>
    /// <param name="totalItems">All items, 0 or more. 0 gives an empty plan.</param>
    /// <param name="workers">The number of workers, 1 or more.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="totalItems"/> is negative, or <paramref name="workers"/> is not positive.</exception>
    public static BatchPlan ForWorkers(long totalItems, int workers)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workers);
        ArgumentOutOfRangeException.ThrowIfNegative(totalItems);
        return totalItems == 0 ? Empty("empty_dataset") : Split(totalItems, CeilingDivide(totalItems, workers));
    }

    /// <summary>Makes a batch of each range, for work that is not counted in integers from 0: keys, timestamps, pages.</summary>
    /// <param name="ranges">The ranges, in order. None gives an empty plan.</param>
    public static BatchPlan ForRanges(params IEnumerable<BatchRange> ranges)
    {
        ArgumentNullException.ThrowIfNull(ranges);
        var cursors = ImmutableArray.CreateBuilder<BatchCursor>();
        var total = 0L;
        foreach (var range in ranges)
        {
            cursors.Add(new BatchCursor(BatchId(cursors.Count + 1), range.Start, range.End, range.Size));
            total = checked(total + range.Size);
        }

        return cursors.Count == 0 ? Empty("empty_dataset") : new BatchPlan(cursors.ToImmutable(), total, reason: null);
    }

    /// <summary>A plan with nothing to do. The orchestrator still runs one placeholder batch, so that convergence happens.</summary>
    /// <param name="reason">Why; stored with the step's result.</param>
    public static BatchPlan Empty(string reason) => new([], 0, reason);

    /// <summary>Stores <paramref name="result"/> with the plan, so that workers and later steps can read its members.</summary>
    /// <typeparam name="TResult">An object type; its members become members of the step's result.</typeparam>
    public BatchPlan<TResult> With<TResult>(TResult result) => new(Cursors, TotalItems, Reason, result);

    private static BatchPlan Split(long totalItems, long batchSize)
    {
        var count = checked((int)CeilingDivide(totalItems, batchSize));
        var cursors = ImmutableArray.CreateBuilder<BatchCursor>(count);
        for (var i = 0; i < count; i++)
        {
            var start = i * batchSize;
            var size = Math.Min(totalItems - start, batchSize);
            cursors.Add(new BatchCursor(BatchId(i + 1), start, start + size, size));
        }

        return new BatchPlan(cursors.MoveToImmutable(), totalItems, reason: null);
    }

    private static long CeilingDivide(long dividend, long divisor) => ((dividend - 1) / divisor) + 1;

    private static string BatchId(int number) => number.ToString("D3", CultureInfo.InvariantCulture);
}

/// <summary>A plan with a result that workers and later steps can read.</summary>
/// <typeparam name="TResult">An object type; its members become members of the step's result.</typeparam>
public sealed class BatchPlan<TResult> : BatchPlan
{
    internal BatchPlan(ImmutableArray<BatchCursor> cursors, long totalItems, string? reason, TResult result)
        : base(cursors, totalItems, reason) => Result = result;

    /// <summary>What workers and later steps can read.</summary>
    public TResult Result { get; }
}
