using System.Buffers;
using System.Collections;
using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Json;

namespace Tasker;

/// <summary>
/// The results of all batches of a worker template, for the step that aggregates them. The placeholder of an empty plan is not among them.
/// Immutable.
/// </summary>
/// <typeparam name="T">What each batch's worker returned.</typeparam>
public sealed class BatchResults<T> : IReadOnlyList<BatchResult<T>>
{
    private readonly ImmutableArray<BatchResult<T>> _batches;

    /// <summary>Creates the collection.</summary>
    /// <param name="batches">The batches in order of their ids.</param>
    /// <param name="scenario">Why there are batches or none; follows from <paramref name="batches"/> when not given.</param>
    /// <param name="missing">The ids of batches that were planned but have no result, such as isolated failures.</param>
    public BatchResults(ImmutableArray<BatchResult<T>> batches, BatchScenario? scenario = null, ImmutableArray<string> missing = default)
    {
        _batches = batches;
        Scenario = scenario ?? (batches.IsEmpty ? BatchScenario.NoBatches : BatchScenario.WithBatches);
        Missing = missing.IsDefault ? [] : missing;
        var errors = ImmutableArray.CreateBuilder<BatchError>();
        foreach (var batch in batches)
        {
            TotalProcessed += batch.Processed;
            TotalSucceeded += batch.Succeeded;
            TotalFailed += batch.Failed;
            TotalSkipped += batch.Skipped;
            ErrorCount += batch.ErrorCount;
            foreach (var error in batch.Errors)
            {
                if (errors.Count == BatchOutcomeJson.MaxErrors)
                    break;
                errors.Add(error);
            }
        }

        Errors = errors.ToImmutable();
    }

    /// <summary>Why there are batches or none.</summary>
    public BatchScenario Scenario { get; }

    /// <summary>The number of batches that ran; 0 when the analyzer's plan was empty.</summary>
    public int Count => _batches.Length;

    /// <summary>Whether no batch ran.</summary>
    public bool IsEmpty => _batches.IsEmpty;

    /// <summary>The ids of batches that were planned but have no result, because the failure of one was isolated.</summary>
    public ImmutableArray<string> Missing { get; }

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

    /// <summary>The first 100 errors of all batches. <see cref="ErrorCount"/> counts all of them.</summary>
    public ImmutableArray<BatchError> Errors { get; }

    /// <summary>All errors that the batches reported.</summary>
    public long ErrorCount { get; }

    /// <inheritdoc/>
    public BatchResult<T> this[int index] => _batches[index];

    /// <summary>The sums, in the members that the other workers' aggregations return.</summary>
    public BatchTotals ToTotals() => new(
        Scenario is BatchScenario.WithBatches ? "with_batches" : "no_batches",
        Count,
        TotalProcessed,
        TotalSucceeded,
        TotalFailed,
        TotalSkipped,
        SuccessRate,
        [.. Errors.Select(ToElement)],
        ErrorCount);

    /// <summary>Enumerates the batches in order of their ids.</summary>
    public ImmutableArray<BatchResult<T>>.Enumerator GetEnumerator() => _batches.GetEnumerator();

    IEnumerator<BatchResult<T>> IEnumerable<BatchResult<T>>.GetEnumerator() => ((IEnumerable<BatchResult<T>>)_batches).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => ((IEnumerable)_batches).GetEnumerator();

    private static JsonElement ToElement(BatchError error)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
            error.WriteTo(writer);
        return JsonElement.Parse(buffer.WrittenSpan);
    }
}
