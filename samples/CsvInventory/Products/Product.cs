namespace Tasker.Samples.Products;

/// <summary>What the inventory needs of one row of a products file.</summary>
public readonly record struct Product(string Title, string Category, decimal Price, decimal Rating, int Stock);
