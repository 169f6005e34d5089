using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Tasker.Samples.Tests;

/// <summary>Publishes the sample with Native AOT and runs the executable.</summary>
public sealed partial class AotWorkerTests : IDisposable
{
    private const long MostBytes = 12 * 1024 * 1024;

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_workflow_publishes_without_a_warning_and_runs_as_a_small_native_executable()
    {
        var platform = RuntimeInformation.RuntimeIdentifier;

        // In a folder of its own: other tests build the same projects at the same time.
        var root = Path.Combine(_folder.Path, "build") + Path.DirectorySeparatorChar;
        var publish = await ChildProcess.RunAsync(
            "dotnet", TimeSpan.FromMinutes(10), "publish", "samples/AotWorker", "-c", "Release", "-r", platform, $"-p:IsolatedBuildRoot={root}", "-nodeReuse:false");
        Assert.True(publish.ExitCode == 0, publish.Output + publish.Error);
        Assert.DoesNotMatch(Warning(), publish.Output + publish.Error);

        var executable = Path.Combine(
            root, "bin", "AotWorker", "Release", "net10.0", platform, "publish", OperatingSystem.IsWindows() ? "AotWorker.exe" : "AotWorker");
        Assert.InRange(new FileInfo(executable).Length, 1, MostBytes);

        var file = ProductsFile.Find(_folder);
        var run = await ChildProcess.RunAsync(executable, TimeSpan.FromMinutes(1), file.Path, "--json");
        Assert.Equal((0, "", "complete"), (run.ExitCode, run.Error, run.State));
        Assert.Equal(1000, run.Json.GetProperty("total_processed").GetInt64());
        Assert.Equal(file.Value, run.Json.GetProperty("total_inventory_value").GetRawText());
        Assert.Equal(5, run.Json.GetProperty("worker_count").GetInt32());
        Assert.Equal(file.Categories, run.Json.GetProperty("category_counts").EnumerateObject().Count());
        Assert.Equal(file.MaxPriceProduct, run.Json.GetProperty("max_price_product").GetString());
        Assert.Equal(file.AverageRating, run.Json.GetProperty("average_rating").GetRawText());

        var broken = _folder.Write("broken.csv", "title,category,price,rating,stock\nKite,toys,abc,1,1\n");
        var failed = await ChildProcess.RunAsync(executable, TimeSpan.FromMinutes(1), broken, "--json");
        Assert.Equal(
            (1, $"{broken}, row 1 (line 2), column 'price': 'abc' must be a number such as 9.99.\n", "blocked_by_failures"),
            (failed.ExitCode, failed.Error.ReplaceLineEndings("\n"), failed.State));
    }

    [GeneratedRegex(@"\bwarning\b(?! NU190[1-4])|\bIL[23]\d{3}\b", RegexOptions.IgnoreCase)]
    private static partial Regex Warning();
}
