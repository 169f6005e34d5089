using Tasker.Samples.Products;

namespace Tasker.Samples.Tests.Products;

public sealed class SampleProductsTests
{
    [Fact]
    public void The_file_is_realistic_and_the_same_every_time()
    {
        var csv = SampleProducts.Create();

        Assert.Equal(csv, SampleProducts.Create());
        Assert.Contains(",\"Puzzle, 500 pieces\"", csv.Replace("Classic ", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Contains("\"\"as is\"\"", csv, StringComparison.Ordinal);
        Assert.Contains("\nSold in pairs", csv, StringComparison.Ordinal);
        Assert.Contains("緑茶", csv, StringComparison.Ordinal);
        Assert.Contains(",\n", csv, StringComparison.Ordinal);
    }

    [Fact]
    public void It_is_written_once()
    {
        using var folder = new TestFolder();

        var path = SampleProducts.WriteOnce(folder.File("data"));
        File.AppendAllText(path, "kept");

        Assert.Equal(path, SampleProducts.WriteOnce(folder.File("data")));
        Assert.EndsWith("kept", File.ReadAllText(path), StringComparison.Ordinal);
        Assert.Equal([path], Directory.GetFiles(folder.File("data")));
    }

    [Fact]
    public void It_has_the_promised_number_of_rows()
    {
        using var folder = new TestFolder();
        using var products = ProductReader.Open(SampleProducts.WriteOnce(folder.Path));

        var rows = 0;
        while (products.Read())
            rows++;

        Assert.Equal(SampleProducts.Rows, rows);
    }
}
