using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Tasker.Benchmarks.Engine;

/// <summary>Publishes a small host with Native AOT, starts it a few times, and says how long it takes and how large it is.</summary>
internal static class AotProbe
{
    private const string Project = "bench/Tasker.Benchmarks.AotHost";

    /// <returns>Milliseconds from the start of the process to its being ready; its resident memory then in MB; the executable's size in MB.</returns>
    public static async Task<(double Start, double Memory, double Size)> MeasureAsync(int runs)
    {
        using var folder = new ScratchFolder();
        var output = folder.File("published");
        await Repository.RunSdkAsync(
            "publish", Repository.PathOf(Project), "-c", "Release", "-r", RuntimeInformation.RuntimeIdentifier, "-o", output, "-v", "q", "-clp:NoSummary");

        var executable = Path.Combine(output, Path.GetFileName(Project));
        var (starts, memories) = (new List<double>(), new List<double>());
        for (var i = 0; i < runs; i++)
        {
            var began = Stopwatch.GetTimestamp();
            using var process = Process.Start(
                new ProcessStartInfo(executable, [folder.File($"tasker-{i.ToString(CultureInfo.InvariantCulture)}.db")]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
            if (await process.StandardOutput.ReadLineAsync() != "ready")
                throw new InvalidOperationException($"{Project} did not start.");
            starts.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            process.Refresh();
            memories.Add(process.WorkingSet64 / (1024.0 * 1024));
            await process.StandardInput.WriteLineAsync();
            if (await process.StandardOutput.ReadLineAsync() != "42")
                throw new InvalidOperationException($"{Project} did not run its workflow.");
            await process.WaitForExitAsync();
        }

        return (Load.Median(starts), Load.Median(memories), new FileInfo(executable).Length / (1024.0 * 1024));
    }
}
