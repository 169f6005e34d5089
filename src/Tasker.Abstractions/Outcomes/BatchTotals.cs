using System.Collections.Immutable;
using System.Text.Json;

namespace Tasker;

/// <summary>
/// The sums of an aggregation in the members that the aggregation helpers of the other workers return (worker behaviour §5.3), for a step that
/// has nothing to add to them.
/// </summary>
/// <param name="Scenario"><c>with_batches</c>, or <c>no_batches</c> when nothing ran.</param>
/// <param name="BatchCount">The number of batches that ran.</param>
/// <param name="TotalProcessed">Items looked at.</param>
/// <param name="TotalSucceeded">Items that succeeded.</param>
/// <param name="TotalFailed">Items that failed.</param>
/// <param name="TotalSkipped">Items left out.</param>
/// <param name="SuccessRate">Succeeded of processed, 0 to 1; 0 when nothing was processed.</param>
/// <param name="Errors">The first 100 errors.</param>
/// <param name="ErrorCount">All errors.</param>
public sealed record BatchTotals(
    string Scenario,
    int BatchCount,
    long TotalProcessed,
    long TotalSucceeded,
    long TotalFailed,
    long TotalSkipped,
    double SuccessRate,
    ImmutableArray<JsonElement> Errors,
    long ErrorCount);
