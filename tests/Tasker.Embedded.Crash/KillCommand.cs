using System.Globalization;
using Tasker.Embedded.Crash.Killing;
using Tasker.Embedded.Crash.Simulation;

namespace Tasker.Embedded.Crash;

/// <summary><c>kill</c>: for some minutes, the second half of them with a disk that fails.</summary>
internal static class KillCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var minutes = Options.Number(args, "--minutes") ?? 1;
        var seed = (int)(Options.Number(args, "--seed") ?? Random.Shared.Next());
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Seed {seed}. Killing for {minutes} minutes."));
        try
        {
            await RunAsync(seed, TimeSpan.FromMinutes(minutes / 2), faults: false).ConfigureAwait(false);
            await RunAsync(seed, TimeSpan.FromMinutes(minutes / 2), faults: true).ConfigureAwait(false);
            return 0;
        }
        catch (SimulationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return 1;
        }
    }

    private static async Task RunAsync(int seed, TimeSpan duration, bool faults)
    {
        var folder = Directory.CreateTempSubdirectory("tasker-crash-");
        try
        {
            var report = await KillRun.RunAsync(new KillOptions(seed, folder.FullName, int.MaxValue, duration, faults), CancellationToken.None).ConfigureAwait(false);
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"""
                {(faults ? "With a disk that fails" : "With a disk that works")}: {report.Kills} kills in {report.Killing.TotalSeconds:0} s, {report.Idle} of them before a task was started; all done {(report.Duration - report.Killing).TotalSeconds:0} s later.
                  {report.Acknowledged} tasks acknowledged, {report.Tasks} found, {report.Steps} steps: each where the model says, none lost, none done twice.
                  {report.Runs} successful runs of handlers, {report.RunsAgain} of them repeated because a kill came before their result was stored.
                  {report.Events} events, none lost and none that did not happen: {report.EventsLater} delivered by a later process only, {report.EventsAgain} times one again.
                """));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
