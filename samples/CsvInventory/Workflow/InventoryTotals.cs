using Tasker.Samples.Products;

namespace Tasker.Samples.Workflow;

/// <summary>Running totals: of a batch, kept in its checkpoints, and of all batches.</summary>
public sealed class InventoryTotals
{
    public long Count { get; set; }

    public decimal InventoryValue { get; set; }

    public decimal RatingSum { get; set; }

    public decimal MaxPrice { get; set; }

    public string? MaxPriceProduct { get; set; }

    public Dictionary<string, long> CategoryCounts { get; set; } = [];

    /// <summary>Adds one product.</summary>
    public void Add(Product product)
    {
        Count++;
        InventoryValue += product.Price * product.Stock;
        RatingSum += product.Rating;
        Offer(product.Price, product.Title);
        CategoryCounts[product.Category] = CategoryCounts.GetValueOrDefault(product.Category) + 1;
    }

    /// <summary>Adds the totals of a later batch.</summary>
    public void Add(InventoryTotals batch)
    {
        Count += batch.Count;
        InventoryValue += batch.InventoryValue;
        RatingSum += batch.RatingSum;
        if (batch.MaxPriceProduct is { } title)
            Offer(batch.MaxPrice, title);
        foreach (var (category, count) in batch.CategoryCounts)
            CategoryCounts[category] = CategoryCounts.GetValueOrDefault(category) + count;
    }

    /// <summary>The first of the dearest wins, however the rows are split.</summary>
    private void Offer(decimal price, string title)
    {
        if (MaxPriceProduct is null || price > MaxPrice)
            (MaxPrice, MaxPriceProduct) = (price, title);
    }
}
