using System.Diagnostics;
using System.Globalization;

namespace Tasker.Benchmarks.Engine;

/// <summary>Holds 100,000 tasks in flight in a process of its own and says how much memory that takes.</summary>
internal static class MemoryProbe
{
    public const string Command = "hold-100000";

    private const int Tasks = 100_000;

    /// <summary>In the process of its own.</summary>
    public static async Task<int> HoldAsync()
    {
        using var folder = new ScratchFolder();
        var rig = await EngineRig.StartAsync(folder.File("tasker.db"));
        var options = new ParallelOptions { MaxDegreeOfParallelism = 64 };
        await Parallel.ForAsync(0, Tasks, options, async (i, token) => await rig.Client.StartAsync(GatedFlow.Template, new Order(i, 1), cancellationToken: token));
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(self.WorkingSet64.ToString(CultureInfo.InvariantCulture));
        return 0;
    }

    /// <summary>Starts that process.</summary>
    /// <returns>Its resident memory, in MB.</returns>
    public static async Task<double> MeasureAsync()
    {
        var host = Environment.ProcessPath!;
        string[] arguments = Path.GetFileNameWithoutExtension(host) is "dotnet" ? [Environment.GetCommandLineArgs()[0], Command] : [Command];
        using var process = Process.Start(new ProcessStartInfo(host, arguments) { RedirectStandardOutput = true })!;
        var bytes = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The process that holds tasks said nothing.");
        process.Kill();
        await process.WaitForExitAsync();
        return long.Parse(bytes, CultureInfo.InvariantCulture) / (1024.0 * 1024);
    }
}
