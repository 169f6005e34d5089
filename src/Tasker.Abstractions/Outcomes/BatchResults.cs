using System.Collections;
using System.Collections.Immutable;

namespace Tasker;

/// <summary>
/// The results of all batches of a worker template, for the step that aggregates them. The placeholder of an empty plan is not among them.
/// </summary>
/// <typeparam name="T">What each batch's worker returned.</typeparam>
public sealed class BatchResults<T> : IReadOnlyList<BatchResult<T>>
{
    private readonly ImmutableArray<BatchResult<T>> _batches;

    /// <summary>Creates the collection.</summary>
    /// <param name="batches">The batches in order of their ids.</param>
    public BatchResults(ImmutableArray<BatchResult<T>> batches)
    {
        _batches = batches;
        foreach (var batch in batches)
        {
            TotalProcessed += batch.Processed;
            TotalSucceeded += batch.Succeeded;
            TotalFailed += batch.Failed;
            TotalSkipped += batch.Skipped;
        }
    }

    /// <summary>The number of batches that ran; 0 when the analyzer's plan was empty.</summary>
    public int Count => _batches.Length;

    /// <summary>Whether the analyzer's plan was empty.</summary>
    public bool IsEmpty => _batches.IsEmpty;

    /// <summary>Items looked at, in all batches.</summary>
    public long TotalProcessed { get; }

    /// <summary>Items that succeeded, in all batches.</summary>
    public long TotalSucceeded { get; }

    /// <summary>Items that failed, in all batches.</summary>
    public long TotalFailed { get; }

    /// <summary>Items left out, in all batches.</summary>
    public long TotalSkipped { get; }

    /// <summary>Succeeded of processed, 0 to 1; 0 when nothing was processed.</summary>
    public double SuccessRate => TotalProcessed == 0 ? 0 : (double)TotalSucceeded / TotalProcessed;

    /// <inheritdoc/>
    public BatchResult<T> this[int index] => _batches[index];

    /// <summary>Enumerates the batches in order of their ids.</summary>
    public ImmutableArray<BatchResult<T>>.Enumerator GetEnumerator() => _batches.GetEnumerator();

    IEnumerator<BatchResult<T>> IEnumerable<BatchResult<T>>.GetEnumerator() => ((IEnumerable<BatchResult<T>>)_batches).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_batches).GetEnumerator();
}
