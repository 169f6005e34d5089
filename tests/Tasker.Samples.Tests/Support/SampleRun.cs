using System.Text.Json;

namespace Tasker.Samples.Tests;

/// <summary>What one run of a sample left behind.</summary>
public sealed record SampleRun(int ExitCode, string Output, string Error)
{
    private JsonElement? _json;

    public IReadOnlyList<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>The last line of standard output.</summary>
    public JsonElement Json => _json ??= JsonDocument.Parse(Lines[^1]).RootElement;

    public string State => Json.GetProperty("state").GetString()!;

    public IReadOnlyDictionary<string, string> StepStates =>
        Json.GetProperty("steps").EnumerateArray().ToDictionary(step => step.GetProperty("name").GetString()!, step => step.GetProperty("state").GetString()!);

    public string? StepError(string step) =>
        Json.GetProperty("steps").EnumerateArray().Single(one => one.GetProperty("name").GetString() == step).GetProperty("error").GetString();

    public static async Task<SampleRun> InventoryAsync(Store store, params string[] args)
    {
        using var folder = new TestFolder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new InventoryCommand { Program = "CsvInventory", Output = output, Error = error, DataFolder = folder.File("data") };
        var exitCode = await command.RunAsync(WithStore(store, folder, args), TestContext.Current.CancellationToken);
        return new SampleRun(exitCode, output.ToString(), error.ToString());
    }

    public static async Task<SampleRun> ApprovalAsync(Store store, params string[] args)
    {
        using var folder = new TestFolder();
        using var output = new StringWriter();
        using var error = new StringWriter();
        var command = new ApprovalCommand { Output = output, Error = error };
        var exitCode = await command.RunAsync(WithStore(store, folder, args), TestContext.Current.CancellationToken);
        return new SampleRun(exitCode, output.ToString(), error.ToString());
    }

    private static string[] WithStore(Store store, TestFolder folder, string[] args) =>
        store is Store.Sqlite ? ["--db", folder.File("tasks.db"), .. args] : args;
}
