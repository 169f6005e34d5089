using System.Diagnostics;
using System.Globalization;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>What to do, and for how long.</summary>
/// <param name="Seed">Of the workflows and of the moments of the kills.</param>
/// <param name="Folder">An empty folder for the database.</param>
/// <param name="Kills">How many kills.</param>
/// <param name="LongestRun">No further kill after this.</param>
/// <param name="Faults">Whether the disk fails as well.</param>
public sealed record KillOptions(int Seed, string Folder, int Kills, TimeSpan LongestRun, bool Faults = false);

/// <summary>
/// Kills a process that works, again and again, at random moments, and looks afterwards whether every task that was acknowledged came to its right end,
/// and whether the events of all steps arrived.
/// </summary>
public static class KillRun
{
    private const int NumbersOfALife = 1000;
    private const int LongestLifeMilliseconds = 400;
    private const int LongestStartMilliseconds = 700;

    /// <summary>However much earlier processes have left, one that is let work starts a task before that.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(30);

    /// <summary>Runs, and checks.</summary>
    /// <returns>What happened.</returns>
    /// <exception cref="Simulation.SimulationException">A task or an event was lost, or something happened twice.</exception>
    public static async Task<KillReport> RunAsync(KillOptions options, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var random = new Random(options.Seed);
        var clock = Stopwatch.StartNew();
        var acknowledged = new Dictionary<int, Guid>();
        var (kills, idle) = (0, 0);
        for (var life = 0; life < options.Kills && clock.Elapsed < options.LongestRun; life++)
        {
            using var child = Start(options, life, "--first", (life * NumbersOfALife).ToString(CultureInfo.InvariantCulture));
            var before = acknowledged.Count;
            await KillAsync(child, options, random, acknowledged, cancellationToken).ConfigureAwait(false);
            kills++;
            if (acknowledged.Count == before)
                idle++;
        }

        var killing = clock.Elapsed;
        using (var last = Start(options, kills, "--drain"))
        {
            try
            {
                await last.StandardOutput.ReadToEndAsync(cancellationToken).ConfigureAwait(false);
                await last.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
                if (last.ExitCode != 0)
                    throw new Simulation.SimulationException($"The last process ended with {last.ExitCode}.");
            }
            finally
            {
                if (!last.HasExited)
                    last.Kill();
            }
        }

        return await Verifier.VerifyAsync(options, acknowledged, kills, idle, killing, clock.Elapsed, cancellationToken).ConfigureAwait(false);
    }

    internal static string DatabaseOf(KillOptions options) => Path.Combine(options.Folder, "tasker.db");

    internal static string EffectsOf(KillOptions options) => Path.Combine(options.Folder, "effects.txt");

    internal static string DeliveriesOf(KillOptions options) => Path.Combine(options.Folder, "deliveries.txt");

    /// <summary>Every other life commits as it does by default; the others trust the operating system with the disk, which a kill does not harm either.</summary>
    private static Process Start(KillOptions options, int life, params string[] more)
    {
        const string Name = "Tasker.Embedded.Crash";
        var folder = Path.GetDirectoryName(typeof(KillRun).Assembly.Location)!;
        var start = new ProcessStartInfo(Path.Combine(folder, OperatingSystem.IsWindows() ? Name + ".exe" : Name))
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_EnableDiagnostics"] = "0" }, // or a killed process leaves its sockets behind
            ArgumentList =
            {
                "child",
                "--seed", options.Seed.ToString(CultureInfo.InvariantCulture),
                "--database", DatabaseOf(options),
                "--effects", EffectsOf(options),
                "--deliveries", DeliveriesOf(options),
                "--life", life.ToString(CultureInfo.InvariantCulture),
            },
        };
        foreach (var argument in more)
            start.ArgumentList.Add(argument);
        if (life % 2 == 1)
            start.ArgumentList.Add("--normal");
        if (options.Faults)
        {
            start.ArgumentList.Add("--faults");
            start.ArgumentList.Add((options.Seed ^ life).ToString(CultureInfo.InvariantCulture));
        }

        return Process.Start(start)!;
    }

    /// <summary>While a process has the file, no other engine may.</summary>
    private static void ExpectRefusal(KillOptions options)
    {
        using var second = new SqliteTaskStore("Data Source=" + DatabaseOf(options), CommitDurability.Normal);
        try
        {
            second.Open();
        }
        catch (TaskStoreException refused) when (refused.Message.Contains("is in use by another embedded engine", StringComparison.Ordinal))
        {
            return;
        }

        throw new Simulation.SimulationException("A second engine could open the file that a process works with.");
    }

    /// <summary>Reads what the process acknowledges, and kills it: most of the time while it works, now and then while it starts, or has just started.</summary>
    private static async Task KillAsync(
        Process child,
        KillOptions options,
        Random random,
        Dictionary<int, Guid> acknowledged,
        CancellationToken cancellationToken)
    {
        var since = random.Next(10) switch
        {
            0 => Sign.Start,
            < 3 => Sign.Ready,
            _ => Sign.Acknowledged,
        };
        var delay = TimeSpan.FromMilliseconds(random.Next(since is Sign.Start ? LongestStartMilliseconds : LongestLifeMilliseconds));
        using var timer = new Timer(
            static target => ((Process)target!).Kill(), child, since is Sign.Start ? delay : LongestSilence, Timeout.InfiniteTimeSpan);
        var before = acknowledged.Count;
        try
        {
            while (await child.StandardOutput.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
            {
                if (line == Child.Ready && since is not Sign.Start)
                {
                    ExpectRefusal(options);
                    if (since is Sign.Ready)
                        timer.Change(delay, Timeout.InfiniteTimeSpan);
                }

                // A line that the kill cut short was not acknowledged to anybody.
                if (line.StartsWith(Child.Acknowledged, StringComparison.Ordinal) &&
                    line[Child.Acknowledged.Length..].Split(' ') is [var number, var id] &&
                    Guid.TryParseExact(id, "D", out var taskId))
                {
                    if (since is Sign.Acknowledged && acknowledged.Count == before)
                        timer.Change(delay, Timeout.InfiniteTimeSpan);
                    acknowledged.Add(int.Parse(number, CultureInfo.InvariantCulture), taskId);
                }
            }

            await child.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!child.HasExited)
                child.Kill();
        }

        if (since is Sign.Acknowledged && acknowledged.Count == before)
            throw new Simulation.SimulationException($"A process acknowledged nothing in {LongestSilence.TotalSeconds:0} s.");
    }

    /// <summary>What a process that is killed has come to, some time before.</summary>
    private enum Sign
    {
        Start,
        Ready,
        Acknowledged,
    }
}
