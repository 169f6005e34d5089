using System.Diagnostics;

namespace Tasker.Benchmarks.Engine;

/// <summary>Puts a load on something that runs tasks, and measures.</summary>
internal static class Load
{
    /// <summary>Keeps a number of tasks in flight for a while.</summary>
    /// <returns>Tasks a second.</returns>
    public static async Task<double> RateAsync(Func<int, Task> run, int inFlight, TimeSpan duration)
    {
        var finished = 0;
        var started = Stopwatch.GetTimestamp();
        var loops = new Task[inFlight];
        for (var i = 0; i < inFlight; i++)
            loops[i] = Task.Run(LoopAsync);
        await Task.WhenAll(loops);
        return finished / Stopwatch.GetElapsedTime(started).TotalSeconds;

        async Task LoopAsync()
        {
            while (Stopwatch.GetElapsedTime(started) < duration)
            {
                await run(1);
                Interlocked.Increment(ref finished);
            }
        }
    }

    /// <summary>Runs one task after the other.</summary>
    /// <param name="run">Runs one.</param>
    /// <param name="count">How many.</param>
    /// <param name="pause">How long to do nothing in between.</param>
    /// <returns>How long each took, in microseconds, sorted.</returns>
    public static async Task<double[]> LatencyAsync(Func<int, Task> run, int count, TimeSpan pause)
    {
        var times = new double[count];
        for (var i = 0; i < count; i++)
        {
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause);
            var started = Stopwatch.GetTimestamp();
            await run(i);
            times[i] = Stopwatch.GetElapsedTime(started).TotalMicroseconds;
        }

        Array.Sort(times);
        return times;
    }

    public static double Median(IEnumerable<double> values) => Quantile([.. values.Order()], 0.5);

    public static double Quantile(double[] sorted, double part) => sorted[Math.Min((int)(part * sorted.Length), sorted.Length - 1)];
}
