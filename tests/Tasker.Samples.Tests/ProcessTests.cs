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

    private static Task<SampleRun> RunAsync(string sample, params string[] args) =>
        ChildProcess.RunAsync("dotnet", Limit, [Path.Combine(AppContext.BaseDirectory, sample + ".dll"), .. args]);
}
