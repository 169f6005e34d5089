using System.Globalization;
using System.Text;
using Tasker.Samples.Workflow;

namespace Tasker.Samples.Tests;

public sealed class CsvInventoryTests : IDisposable
{
    private const string Header = "title,category,price,rating,stock\n";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(Store.InMemory)]
    [InlineData(Store.Sqlite)]
    public async Task The_inventory_is_exact(Store store)
    {
        var file = ProductsFile.Find(_folder);

        var run = await SampleRun.InventoryAsync(store, file.Path, "--json");

        AssertInventory(file, run, workers: 5);
        Assert.Equal("complete", run.State);
        Assert.Equal(
            ["aggregate_csv_results", "analyze_csv", .. Enumerable.Range(1, 5).Select(i => $"process_csv_batch_{i:D3}")],
            run.StepStates.Keys.Order(StringComparer.Ordinal));
        Assert.All(run.StepStates.Values, state => Assert.Equal("complete", state));
        Assert.Single(run.Lines);
    }

    [Theory]
    [InlineData(Store.InMemory)]
    [InlineData(Store.Sqlite)]
    public async Task Without_a_path_a_products_file_is_written_and_used(Store store)
    {
        var run = await SampleRun.InventoryAsync(store, "--json");

        AssertInventory(ProductsFile.Generated(_folder), run, workers: 5);
    }

    [Theory]
    [InlineData(Store.InMemory)]
    [InlineData(Store.Sqlite)]
    public async Task A_file_without_rows_completes_with_a_placeholder_batch(Store store)
    {
        var path = Repository.SharedFile("products_empty.csv") ?? _folder.Write("empty.csv", Header);

        var run = await SampleRun.InventoryAsync(store, path, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal("complete", run.State);
        Assert.Equal("complete", run.StepStates["process_csv_batch_000"]);
        Assert.Equal(["aggregate_csv_results", "analyze_csv", "process_csv_batch_000"], run.StepStates.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(0, run.Json.GetProperty("total_processed").GetInt64());
        Assert.Equal(0, run.Json.GetProperty("worker_count").GetInt32());
        Assert.Equal(0m, run.Json.GetProperty("total_inventory_value").GetDecimal());
        Assert.Empty(run.Json.GetProperty("category_counts").EnumerateObject());
        Assert.Equal("null", run.Json.GetProperty("max_price_product").GetRawText());
        Assert.Equal(0m, run.Json.GetProperty("average_rating").GetDecimal());
    }

    [Theory]
    [InlineData(200, 5, 5)]
    [InlineData(100, 5, 5)]
    [InlineData(100, 10, 10)]
    [InlineData(100, 3, 3)]
    [InlineData(334, 5, 3)]
    [InlineData(999, 5, 2)]
    [InlineData(1000, 5, 1)]
    [InlineData(1001, 5, 1)]
    [InlineData(int.MaxValue, 5, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 125, 125)]
    public async Task However_it_is_split_the_inventory_is_the_same(int batchSize, int maxWorkers, int workers)
    {
        var file = ProductsFile.Find(_folder);

        var run = await SampleRun.InventoryAsync(
            Store.InMemory, file.Path, "--json", "--batch-size", Text(batchSize), $"--max-workers={Text(maxWorkers)}");

        AssertInventory(file, run, workers);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(199, 1)]
    [InlineData(200, 1)]
    [InlineData(201, 2)]
    [InlineData(1000, 5)]
    [InlineData(1001, 5)]
    public async Task Every_row_is_counted_once_at_the_edges_of_batches(int rows, int workers)
    {
        var csv = new StringBuilder(Header);
        for (var i = 1; i <= rows; i++)
            csv.Append(CultureInfo.InvariantCulture, $"\"Product\n{i}\",c{i % 3},{i}.01,5,1\r\n");
        var path = _folder.Write("rows.csv", csv.ToString());

        var run = await SampleRun.InventoryAsync(Store.InMemory, path, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(rows, run.Json.GetProperty("total_processed").GetInt64());
        Assert.Equal(workers, run.Json.GetProperty("worker_count").GetInt32());
        Assert.Equal((rows * (rows + 1m) / 2) + (rows * 0.01m), run.Json.GetProperty("total_inventory_value").GetDecimal());
        Assert.Equal($"Product\n{rows}", run.Json.GetProperty("max_price_product").GetString());
    }

    [Fact]
    public async Task Of_several_dearest_products_the_first_is_named()
    {
        var path = _folder.Write("same.csv", Header + string.Concat(Enumerable.Range(1, 9).Select(i => $"P{i},c,7,1,1\n")));

        var run = await SampleRun.InventoryAsync(Store.InMemory, path, "--json", "--batch-size", "2");

        Assert.Equal("P1", run.Json.GetProperty("max_price_product").GetString());
    }

    [Theory]
    [InlineData(Store.InMemory)]
    [InlineData(Store.Sqlite)]
    public async Task A_broken_row_fails_its_batch_and_is_named(Store store)
    {
        var rows = Enumerable.Range(1, 10).Select(i => i == 7 ? "P7,c,7 EUR,1,1\n" : $"P{i},c,{i},1,1\n");
        var path = _folder.Write("broken.csv", Header + string.Concat(rows));

        var run = await SampleRun.InventoryAsync(store, path, "--json", "--batch-size", "2");

        const string Place = ", row 7 (line 8), column 'price': '7 EUR' must be a number such as 9.99.";
        Assert.Equal((1, path + Place), (run.ExitCode, run.Error.Trim()));
        Assert.Equal("blocked_by_failures", run.State);
        Assert.Equal("error", run.StepStates["process_csv_batch_004"]);
        Assert.Equal(path + Place, run.StepError("process_csv_batch_004"));
        Assert.False(run.Json.TryGetProperty("total_processed", out _));
    }

    [Theory]
    [InlineData(Store.InMemory)]
    [InlineData(Store.Sqlite)]
    public async Task A_missing_file_fails_the_analysis_and_is_named(Store store)
    {
        var path = _folder.File("none.csv");

        var run = await SampleRun.InventoryAsync(store, path, "--json");

        Assert.Equal((1, $"{path} does not exist; name a CSV file."), (run.ExitCode, run.Error.Trim()));
        Assert.Equal("blocked_by_failures", run.State);
        Assert.Equal("error", run.StepStates["analyze_csv"]);
        Assert.Equal($"{path} does not exist; name a CSV file.", run.StepError("analyze_csv"));
    }

    [Theory]
    [InlineData("title,category,cost,rating,stock\n", "{0}, header: the column 'price' is missing; found title, category, cost, rating, stock.")]
    [InlineData("", "{0} is empty or no regular file; its first row must name the columns title, category, price, rating and stock.")]
    [InlineData(Header + "a,b,1,2\n", "{0}, row 1 (line 2): the row has 4 fields, but the header has 5; quote fields that contain a comma.")]
    [InlineData(Header + "\"a,b,1,2,3\n", "{0}, row 1 (line 2): a quoted field is never closed; add the missing quote.")]
    [InlineData(Header + "a,b,1,2,many\n", "{0}, row 1 (line 2), column 'stock': 'many' must be a whole number such as 12.")]
    public async Task A_broken_file_ends_in_one_sentence(string csv, string expected)
    {
        var path = _folder.Write("broken.csv", csv);

        var run = await SampleRun.InventoryAsync(Store.InMemory, path);

        Assert.Equal((1, expected.Replace("{0}", path, StringComparison.Ordinal)), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task A_folder_is_not_a_file()
    {
        var run = await SampleRun.InventoryAsync(Store.InMemory, _folder.Path);

        Assert.Equal((1, $"{_folder.Path} is a folder; name a CSV file."), (run.ExitCode, run.Error.Trim()));
    }

    [Theory]
    [InlineData("The option '--size' is unknown. See --help.", "--size", "3")]
    [InlineData("The option '--json=yes' is unknown. See --help.", "--json=yes")]
    [InlineData("The option '--batch-size' needs a value. See --help.", "--batch-size")]
    [InlineData("The option '--batch-size' must be a whole number from 1 to 2147483647, but is '0'. See --help.", "--batch-size", "0")]
    [InlineData("The option '--batch-size' must be a whole number from 1 to 2147483647, but is 'ten'. See --help.", "--batch-size", "ten")]
    [InlineData("The option '--max-workers' must be a whole number from 1 to 10000, but is '-1'. See --help.", "--max-workers", "-1")]
    [InlineData("The option '--max-workers' must be a whole number from 1 to 10000, but is '10001'. See --help.", "--max-workers=10001")]
    [InlineData("The option '--max-workers' is given twice. See --help.", "--max-workers", "1", "--max-workers", "2")]
    [InlineData("The option '--db' needs a path. See --help.", "--db", "")]
    [InlineData("'b.csv' is one argument too many. See --help.", "a.csv", "b.csv")]
    [InlineData("The path of the CSV file is empty. See --help.", "")]
    public async Task A_command_line_that_is_not_understood_ends_in_one_sentence(string expected, params string[] args)
    {
        var run = await SampleRun.InventoryAsync(Store.InMemory, args);

        Assert.Equal((1, expected, ""), (run.ExitCode, run.Error.Trim(), run.Output));
    }

    [Fact]
    public async Task A_database_that_cannot_be_used_ends_in_one_sentence()
    {
        var notADatabase = _folder.Write("bad.db", new string('x', 8192));

        var run = await SampleRun.InventoryAsync(Store.InMemory, "--db", notADatabase);

        Assert.Equal(
            (1, $"The file '{notADatabase}' is not a SQLite database. Give another Data Source, or move the file away."), (run.ExitCode, run.Error.Trim()));
    }

    [Fact]
    public async Task A_database_is_used_again_whatever_its_name()
    {
        var database = _folder.File("my tasks;mode=1.db");
        var path = ProductsFile.Find(_folder).Path;

        var first = await SampleRun.InventoryAsync(Store.InMemory, path, "--json", "--db", database);
        var second = await SampleRun.InventoryAsync(Store.InMemory, path, "--json", "--db", database);

        Assert.Equal((0, "", 0, ""), (first.ExitCode, first.Error, second.ExitCode, second.Error));
        Assert.NotEqual(first.Json.GetProperty("task_id").GetGuid(), second.Json.GetProperty("task_id").GetGuid());
        Assert.True(File.Exists(database));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_interrupted_task_goes_on_and_others_are_counted(bool json)
    {
        var database = _folder.File("tasks.db");
        var file = ProductsFile.Find(_folder);
        var tasks = await InterruptedInventories.LeaveAsync(
            database, new InventoryRequest(file.Path, 250), new InventoryRequest(file.Path), new InventoryRequest(file.Path, 250, 3));

        string[] command = [file.Path, "--db", database, "--batch-size", "250"];
        var run = await SampleRun.InventoryAsync(Store.InMemory, json ? [.. command, "--json"] : command);

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            [
                $"Continuing task {tasks[0]}, which was interrupted with 0 of 1 steps done.",
                "Other unfinished tasks: 2. They go on in the background; run their commands again to follow them.",
            ],
            (json ? run.Error : run.Output).ReplaceLineEndings("\n").Split('\n').Take(2));
        if (json)
            Assert.Equal((1, tasks[0], "complete", 4), (run.Lines.Count, run.Json.GetProperty("task_id").GetGuid(), run.State, run.Json.GetProperty("worker_count").GetInt32()));
        else
            Assert.Contains("1000 products in 4 batches", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_failed_keeps_no_new_one_from_starting()
    {
        var database = _folder.File("tasks.db");
        var path = _folder.File("later.csv");

        var failed = await SampleRun.InventoryAsync(Store.InMemory, path, "--json", "--db", database);
        _folder.Write("later.csv", Header + "P,c,7,1,1\n");
        var second = await SampleRun.InventoryAsync(Store.InMemory, path, "--json", "--db", database);

        Assert.Equal((1, "blocked_by_failures"), (failed.ExitCode, failed.State));
        Assert.Equal((0, "", "complete"), (second.ExitCode, second.Error, second.State));
    }

    [Fact]
    public async Task Help_names_every_option()
    {
        var run = await SampleRun.InventoryAsync(Store.InMemory, "--help");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.All(["[path]", "--batch-size", "--max-workers", "--db", "--json"], option => Assert.Contains(option, run.Output, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_json_steps_and_summary_are_plain_lines()
    {
        var run = await SampleRun.InventoryAsync(Store.InMemory, ProductsFile.Find(_folder).Path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("analyze_csv: complete", run.Lines);
        Assert.Contains("process_csv_batch_005: complete", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("1000 products in 5 batches", StringComparison.Ordinal));
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task A_task_that_is_stopped_ends_with_the_code_of_an_interruption()
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        var command = new InventoryCommand { Program = "CsvInventory", Output = output, Error = error, DataFolder = _folder.Path };

        Assert.Equal(130, await command.RunAsync(["--json"], stopped.Token));
    }

    private static void AssertInventory(ProductsFile file, SampleRun run, int workers)
    {
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(1000, run.Json.GetProperty("total_processed").GetInt64());
        Assert.Equal(file.Value, run.Json.GetProperty("total_inventory_value").GetRawText());
        Assert.Equal(workers, run.Json.GetProperty("worker_count").GetInt32());
        Assert.Equal(file.Categories, run.Json.GetProperty("category_counts").EnumerateObject().Count());
        Assert.Equal(1000, run.Json.GetProperty("category_counts").EnumerateObject().Sum(category => category.Value.GetInt64()));
        Assert.Equal(file.MaxPrice, run.Json.GetProperty("max_price").GetRawText());
        Assert.Equal(file.MaxPriceProduct, run.Json.GetProperty("max_price_product").GetString());
        Assert.Equal(file.AverageRating, run.Json.GetProperty("average_rating").GetRawText());
    }

    private static string Text(int value) => value.ToString(CultureInfo.InvariantCulture);
}
