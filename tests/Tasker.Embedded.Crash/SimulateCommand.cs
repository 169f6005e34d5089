using System.Diagnostics;
using System.Globalization;
using Tasker.Embedded.Crash.Simulation;

namespace Tasker.Embedded.Crash;

/// <summary><c>simulate</c>: one seed, or many from one on.</summary>
internal static class SimulateCommand
{
    public static int Run(string[] args)
    {
        var first = (int)(Options.Number(args, "--seed") ?? 1);
        var count = (int)(Options.Number(args, "--count") ?? 1);
        var sqlite = Options.Has(args, "--sqlite");
        var seen = new SortedSet<string>(StringComparer.Ordinal);
        var clock = Stopwatch.StartNew();
        var folder = Directory.CreateTempSubdirectory("tasker-simulation-");
        try
        {
            for (var seed = first; seed < first + count; seed++)
                World.Run(seed, sqlite ? Path.Combine(folder.FullName, seed.ToString(CultureInfo.InvariantCulture) + ".db") : null, seen);
        }
        catch (SimulationException exception)
        {
            Console.Error.WriteLine(exception.Message);
            Console.Error.WriteLine(exception.InnerException?.StackTrace);
            return 1;
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} seeds from {first} on agree with the model, in {clock.Elapsed.TotalSeconds:0.0} s."));
        Console.WriteLine("Transitions seen:");
        foreach (var transition in seen)
            Console.WriteLine("  " + transition);
        return 0;
    }
}
