using System.Globalization;
using System.Text.Json;
using Tasker.Client;
using Tasker.Embedded;
using Tasker.Samples.Products;
using Tasker.Samples.Workflow;

namespace Tasker.Samples;

/// <summary>The command that runs the inventory of a products file.</summary>
public sealed class InventoryCommand
{
    private static readonly string[] Options = ["--batch-size", "--max-workers", "--db"];
    private static readonly string[] Flags = ["--json", "--help", "-h"];

    /// <summary>The program's name, for the help text.</summary>
    public required string Program { get; init; }

    public TextWriter Output { get; init; } = Console.Out;

    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>Shows progress instead of plain lines.</summary>
    public ITaskView? View { get; init; }

    /// <summary>Without <c>--db</c>, use a SQLite file that is removed at the end instead of memory.</summary>
    public bool UseTemporaryDatabase { get; init; }

    /// <summary>Where the products file is written when none is named.</summary>
    public string DataFolder { get; init; } = Path.Combine(AppContext.BaseDirectory, "data");

    /// <summary>Runs the command.</summary>
    /// <returns>The exit code: 0 done, 1 bad input, 130 interrupted.</returns>
    public async Task<int> RunAsync(string[] args, CancellationToken cancellationToken = default)
    {
        try
        {
            var line = CommandLine.Parse(args, Options, Flags, positional: 1);
            if (line.Has("--help") || line.Has("-h"))
            {
                await Output.WriteLineAsync(Help());
                return 0;
            }

            if (line.Positional(0) is { } path && string.IsNullOrWhiteSpace(path))
                throw new UsageException("The path of the CSV file is empty.");

            var request = new InventoryRequest(
                Path.GetFullPath(line.Positional(0) ?? SampleProducts.WriteOnce(DataFolder)),
                line.Integer("--batch-size", 1, int.MaxValue),
                line.Integer("--max-workers", 1, 10_000));

            using var folder = UseTemporaryDatabase ? new TemporaryFolder() : null;
            return await SampleHost.RunAsync(
                line.File("--db") ?? folder?.File("tasks.db"),
                CsvInventory.Template,
                (tasks, stop) => RunAsync(tasks, request, line.Has("--json"), stop),
                cancellationToken);
        }
        catch (UsageException usage)
        {
            await Error.WriteLineAsync($"{usage.Message} See --help.");
            return 1;
        }
        catch (TaskStoreException store)
        {
            await Error.WriteLineAsync(store.Message);
            return 1;
        }
    }

    private async Task<int> RunAsync(ResumableTasks<InventoryRequest> tasks, InventoryRequest request, bool json, CancellationToken cancellationToken)
    {
        ITaskView view = json ? new SilentView() : View ?? new LineView(Output);
        var handle = await tasks.ContinueOrStartAsync(request, notes: json ? Error : Output, cancellationToken);
        var task = await view.FollowAsync(handle, cancellationToken);

        if (json)
            await Output.WriteLineAsync(TaskJson.Write(task, writer => WriteSummary(writer, task)));
        if (task.State is not TaskState.Complete)
        {
            await Error.WriteLineAsync(task.FirstFailure()?.Failure?.Message ?? $"The task ended in '{task.State.ToName()}'.");
            return 1;
        }

        if (!json)
            await Output.WriteLineAsync(Describe(request, await handle.ResultOf(CsvInventory.Steps.AggregateCsvResults, cancellationToken)));
        return 0;
    }

    /// <summary>The summary's members stand at the top of the line.</summary>
    private static void WriteSummary(Utf8JsonWriter json, TaskSnapshot task)
    {
        if (task.FindStep(CsvInventory.Steps.AggregateCsvResults.Name) is not { Result.IsEmpty: false } step)
            return;
        using var summary = JsonDocument.Parse(step.Result);
        foreach (var member in summary.RootElement.EnumerateObject())
            member.WriteTo(json);
    }

    private static string Describe(InventoryRequest request, InventorySummary summary) => string.Create(CultureInfo.InvariantCulture, $"""

        {request.CsvFilePath}
        {summary.TotalProcessed} products in {summary.WorkerCount} batches and {summary.CategoryCounts.Count} categories
        inventory value  {summary.TotalInventoryValue}
        highest price    {summary.MaxPrice}  {summary.MaxPriceProduct ?? "(none)"}
        average rating   {summary.AverageRating}
        """);

    private string Help() => $"""
        Adds up the inventory of a CSV file of products, in parallel batches.

        Usage: {Program} [path] [options]

          path              the CSV file; without one, a file of {SampleProducts.Rows} products is written once and used
          --batch-size N    rows in a batch, 1 or more (default 200)
          --max-workers N   the most batches, 1 to 10000 (default 5); batches grow when more would be needed
          --db PATH         keep tasks in this SQLite file; after a crash the same command goes on (default: {(UseTemporaryDatabase ? "a temporary file" : "memory")})
          --json            print the result as one line of JSON
          --help            show this text
        """;
}
