using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;

namespace Tasker.Samples.Tests;

/// <summary>The samples as programs of their own: exit code, standard output and standard error as a shell sees them.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_inventory_ends_with_one_line_of_json()
    {
        var file = ProductsFile.Find(_folder);

        var run = await RunAsync("CsvInventory", file.Path, "--json");

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Equal(file.Value, run.Json.GetProperty("total_inventory_value").GetRawText());
    }

    [Fact]
    public async Task Redirected_output_is_plain_lines()
    {
        var run = await RunAsync("CsvInventory", ProductsFile.Find(_folder).Path);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("aggregate_csv_results: complete", run.Lines);
        Assert.DoesNotContain('\u001b', run.Output);
    }

    [Fact]
    public async Task An_approval_ends_with_one_line_of_json()
    {
        var run = await RunAsync("ApprovalRouting", "5000", "--json");

        Assert.Equal((0, "", "complete"), (run.ExitCode, run.Error, run.State));
    }

    [Fact]
    public async Task A_failed_task_is_one_sentence_on_standard_error_and_exit_code_1()
    {
        var run = await RunAsync("ApprovalRouting", "-5", "--json");

        Assert.Equal((1, "The field 'amount' must be greater than 0, but is -5.\n", "blocked_by_failures"), (run.ExitCode, run.Error.ReplaceLineEndings("\n"), run.State));
    }

    [Fact]
    public async Task An_inventory_that_is_killed_goes_on_when_the_same_command_is_run_again()
    {
        // The program may be done before the signal comes: then it gets more to do.
        SampleRun killed;
        string database;
        string[] command;
        var rows = 200_000;
        do
        {
            rows *= 2;
            database = _folder.File($"{rows}.db");
            command = [Program("CsvInventory"), WriteProducts(rows), "--db", database, "--batch-size", $"{rows / 100}", "--max-workers", "100"];
            killed = await ChildProcess.KillAsync("dotnet", Limit, at: "process_csv_batch_001: complete", command);
        }
        while (killed.ExitCode == 0 || killed.Lines.Contains("aggregate_csv_results: complete"));
        Assert.NotEqual(1, killed.ExitCode);

        var again = await ChildProcess.RunAsync("dotnet", Limit, command);

        Assert.Equal((0, ""), (again.ExitCode, again.Error));
        var (task, state) = Assert.Single(ReadTasks(database));
        Assert.Equal("complete", state);
        Assert.Matches($@"^Continuing task {task}, which was interrupted with \d+ of 102 steps done\.$", again.Lines[0]);
        Assert.Contains($"{rows} products in 100 batches and 3 categories", again.Lines);
        Assert.Contains(string.Create(CultureInfo.InvariantCulture, $"inventory value  {rows * 2.5m}"), again.Lines);
    }

    private string WriteProducts(int rows)
    {
        var csv = new StringBuilder("title,category,price,rating,stock\n");
        for (var row = 0; row < rows; row++)
            csv.Append(CultureInfo.InvariantCulture, $"Product {row},category {row % 3},0.5,4,5\n");
        return _folder.Write($"{rows}.csv", csv.ToString());
    }

    private static List<(string Id, string State)> ReadTasks(string database)
    {
        using var connection = new SqliteConnection($"Data Source={database};Mode=ReadOnly;Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT task_id, state FROM tasks_overview";
        using var reader = command.ExecuteReader();
        var tasks = new List<(string Id, string State)>();
        while (reader.Read())
            tasks.Add((reader.GetString(0), reader.GetString(1)));
        return tasks;
    }

    private static string Program(string sample) => Path.Combine(AppContext.BaseDirectory, sample + ".dll");

    private static Task<SampleRun> RunAsync(string sample, params string[] args) =>
        ChildProcess.RunAsync("dotnet", Limit, [Program(sample), .. args]);
}
