using Tasker.Samples.Products;

namespace Tasker.Samples.Tests;

/// <summary>A products file and what its inventory must be: the real one when it is at hand, else the generated one.</summary>
internal sealed record ProductsFile(string Path, string Value, int Categories, string MaxPrice, string MaxPriceProduct, string AverageRating)
{
    public static ProductsFile Find(TestFolder folder) =>
        Repository.SharedFile("products.csv") is { } real
            ? new ProductsFile(real, "35588047.00", 11, "13999.99", "Rolex Submariner Watch", "3.8517")
            : Generated(folder);

    public static ProductsFile Generated(TestFolder folder) =>
        new(SampleProducts.WriteOnce(folder.Path), "9907029.95", 8, "908.94", "Compact Ultrabook 13\"", "3.7463");
}
