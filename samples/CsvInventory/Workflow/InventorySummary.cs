namespace Tasker.Samples.Workflow;

/// <summary>The inventory of a products file.</summary>
public sealed record InventorySummary(
    long TotalProcessed,
    decimal TotalInventoryValue,
    int WorkerCount,
    Dictionary<string, long> CategoryCounts,
    decimal MaxPrice,
    string? MaxPriceProduct,
    decimal AverageRating);
