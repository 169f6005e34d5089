using System.Globalization;

namespace Tasker.Benchmarks.Engine;

/// <summary>Measures the embedded engine, window by window in turn with a bare loop in the same process.</summary>
internal sealed class EngineBenchmark
{
    private static readonly int[] Linear = [1, 1, 1, 1];
    private static readonly int[] FanOut = [1, FanOutSteps.Width, 1];

    private readonly bool _quick;
    private readonly bool _alone;
    private readonly string _only;
    private readonly TimeSpan _flushDelay;
    private readonly int _windows;
    private readonly TimeSpan _window;
    private readonly TimeSpan _warmUp;

    private EngineBenchmark(string[] args)
    {
        _quick = args.Contains("--quick");
        _alone = args.Contains("--alone");
        _only = Value(args, "--only") ?? "";
        _flushDelay = TimeSpan.FromMilliseconds(double.Parse(Value(args, "--slow-flush-ms") ?? "0", CultureInfo.InvariantCulture));
        _windows = _quick ? 5 : 7;
        _window = TimeSpan.FromMilliseconds(_quick ? 250 : 700);
        _warmUp = TimeSpan.FromMilliseconds(_quick ? 700 : 1500);
    }

    public static async Task<int> RunAsync(string[] args)
    {
        var benchmark = new EngineBenchmark(args);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $".NET {Environment.Version}, {Environment.ProcessorCount} processors, {benchmark._windows} windows of {benchmark._window.TotalMilliseconds} ms each, in turn with the bare loop"));
        Figures.WriteHeader();
        if (benchmark._flushDelay > TimeSpan.Zero)
        {
            await benchmark.RateAsync(
                string.Create(CultureInfo.InvariantCulture, $"SQLite FULL, flush + {benchmark._flushDelay.TotalMilliseconds} ms, linear-4, 512 in flight"), Linear, 512, stored: true, 60_000);
            return 0;
        }

        await benchmark.WarmUpAsync();
        await benchmark.RateAsync("in memory, linear-4, 1,000 in flight", Linear, 1000, stored: false, 700_000);
        await benchmark.RateAsync("SQLite FULL, linear-4, 1,000 in flight", Linear, 1000, stored: true, 150_000);
        await benchmark.RateAsync("SQLite FULL, linear-4, 64 in flight", Linear, 64, stored: true, 60_000);
        await benchmark.RateAsync("SQLite FULL, linear-4, 8 in flight", Linear, 8, stored: true, 12_000);
        await benchmark.LatencyAsync("SQLite FULL, one linear-4, idle", stored: true, TimeSpan.Zero, benchmark._quick ? 60 : 200, 1200, 5000);
        await benchmark.LatencyAsync("in memory, one linear-4, back to back", stored: false, TimeSpan.Zero, benchmark._quick ? 2000 : 5000, 25, null);
        await benchmark.LatencyAsync("in memory, one linear-4, after a pause", stored: false, TimeSpan.FromMilliseconds(5), benchmark._quick ? 40 : 100, 80, null);
        await benchmark.RateAsync("SQLite FULL, fan-out 1-100-1, 100 at once", FanOut, 100, stored: true, 150_000);
        await benchmark.BatchPlanAsync();
        if (!benchmark._quick)
            await benchmark.MemoryAsync();
        if (args.Contains("--aot"))
            await benchmark.AotAsync();
        if (args.Contains("--million"))
            await benchmark.MillionAsync();
        if (args.Contains("--peers"))
            await PeersAsync(benchmark._quick);
        return 0;
    }

    /// <summary>Lets the runtime compile what all measures use.</summary>
    private async Task WarmUpAsync()
    {
        using var folder = new ScratchFolder();
        foreach (var file in new[] { null, folder.File("engine.db") })
        {
            await using var engine = await EngineRig.StartAsync(file);
            await Load.RateAsync(engine.RunLinearAsync, 100, 4 * _warmUp);
        }

        if (_alone)
            return;
        await using var bare = new BareLoop(Linear, folder.File("bare.db"), TimeSpan.Zero);
        await Load.RateAsync(bare.RunAsync, 100, _warmUp);
    }

    private async Task RateAsync(string name, int[] widths, int inFlight, bool stored, double target)
    {
        if (Skips(name))
            return;
        using var folder = new ScratchFolder();
        await using var engine = await EngineRig.StartAsync(stored ? folder.File("engine.db") : null, _flushDelay);
        await using var bare = new BareLoop(widths, stored ? folder.File("bare.db") : null, _flushDelay);
        Func<int, Task> run = widths == Linear ? engine.RunLinearAsync : engine.RunFanOutAsync;
        var steps = widths.Sum();
        await Load.RateAsync(run, inFlight, _warmUp);
        if (!_alone)
            await Load.RateAsync(bare.RunAsync, inFlight, _warmUp / 2);

        var (ours, floors) = (new double[_windows], new double[_windows]);
        var costs = new Costs();
        using var commits = _alone ? new CommitMeter() : null;
        for (var i = 0; i < _windows; i++)
        {
            if (!_alone)
                floors[i] = steps * await Load.RateAsync(bare.RunAsync, inFlight, _window);
            ours[i] = steps * await Load.RateAsync(run, inFlight, _window);
        }

        Figures.Write(name, "steps/s", Load.Median(ours), target, Load.Median(floors), Load.Median(floors.Zip(ours, (floor, our) => floor / our)), moreIsBetter: true);
        if (_alone)
            costs.Write(ours.Sum() * _window.TotalSeconds);
        commits?.Write();
    }

    private async Task LatencyAsync(string name, bool stored, TimeSpan pause, int count, double target, double? tailTarget)
    {
        if (Skips(name))
            return;
        using var folder = new ScratchFolder();
        await using var engine = await EngineRig.StartAsync(stored ? folder.File("engine.db") : null, _flushDelay);
        await using var bare = new BareLoop(Linear, stored ? folder.File("bare.db") : null, _flushDelay);
        await Load.LatencyAsync(engine.RunLinearAsync, stored ? count * 2 : 5000, TimeSpan.Zero);
        await Load.LatencyAsync(bare.RunAsync, stored ? count : 5000, TimeSpan.Zero);

        var (ours, floors) = (new double[_windows][], new double[_windows][]);
        for (var i = 0; i < _windows; i++)
        {
            floors[i] = await Load.LatencyAsync(bare.RunAsync, count, pause);
            ours[i] = await Load.LatencyAsync(engine.RunLinearAsync, count, pause);
        }

        Write("p50", 0.5, target);
        if (tailTarget is not null)
            Write("p99", 0.99, tailTarget);

        void Write(string label, double part, double? goal)
        {
            var our = ours.Select(window => Load.Quantile(window, part)).ToArray();
            var floor = floors.Select(window => Load.Quantile(window, part)).ToArray();
            Figures.Write($"{name}, {label}", "µs", Load.Median(our), goal, Load.Median(floor), Load.Median(our.Zip(floor, (one, other) => one / other)), moreIsBetter: false);
        }
    }

    private async Task BatchPlanAsync()
    {
        const string Name = "SQLite FULL, batch plan with 10,000 workers, created in";
        if (Skips(Name))
            return;
        using var folder = new ScratchFolder();
        await using var engine = await EngineRig.StartAsync(folder.File("engine.db"), _flushDelay);
        var times = new double[5];
        await engine.RunBatchesAsync(1000);
        for (var i = 0; i < times.Length; i++)
        {
            await engine.RunBatchesAsync(10_000);
            times[i] = BatchFlow.TimeToCreate.TotalMilliseconds;
        }

        Figures.Write(Name, "ms", Load.Median(times), 300, null, null, moreIsBetter: false);
    }

    private async Task MemoryAsync()
    {
        const string Name = "SQLite FULL, 100,000 tasks in flight, RSS";
        if (Skips(Name))
            return;
        Figures.Write(Name, "MB", await MemoryProbe.MeasureAsync(), 400, null, null, moreIsBetter: false);
    }

    private async Task AotAsync()
    {
        var (start, memory, size) = await AotProbe.MeasureAsync(2 * _windows);
        Figures.Write("Native AOT with Generic Host, process start to ready", "ms", start, 30, null, null, moreIsBetter: false);
        Figures.Write("Native AOT with Generic Host, RSS when ready", "MB", memory, 22, null, null, moreIsBetter: false);
        Figures.Write("Native AOT with Generic Host, executable without SQLite", "MB", size, 8, null, null, moreIsBetter: false);
    }

    private async Task MillionAsync()
    {
        const int Finished = 1_000_000;
        const int InFlight = 1000;
        using var folder = new ScratchFolder();
        await using var engine = await EngineRig.StartAsync(folder.File("engine.db"), _flushDelay);
        await using var bare = new BareLoop(Linear, folder.File("bare.db"), _flushDelay);
        await Load.RateAsync(engine.RunLinearAsync, InFlight, _warmUp);
        await Load.RateAsync(bare.RunAsync, InFlight, _warmUp);
        var before = await WindowsAsync();
        await Parallel.ForAsync(0, Finished, new ParallelOptions { MaxDegreeOfParallelism = InFlight }, async (id, _) => await engine.RunLinearAsync(id));
        var after = await WindowsAsync();
        const string Name = "SQLite FULL, linear-4, 1,000 in flight";
        Figures.Write($"{Name}, few finished tasks", "steps/s", before.Rate, null, before.Floor, before.Floor / before.Rate, moreIsBetter: true);

        // What the machine does meanwhile is not the file's fault.
        var target = before.Rate * 0.8 * after.Floor / before.Floor;
        Figures.Write($"{Name}, 1,000,000 finished tasks", "steps/s", after.Rate, target, after.Floor, after.Floor / after.Rate, moreIsBetter: true);

        async Task<(double Rate, double Floor)> WindowsAsync()
        {
            var (rates, floors) = (new double[_windows], new double[_windows]);
            for (var i = 0; i < rates.Length; i++)
            {
                floors[i] = Linear.Length * await Load.RateAsync(bare.RunAsync, InFlight, _window);
                rates[i] = Linear.Length * await Load.RateAsync(engine.RunLinearAsync, InFlight, _window);
            }

            return (Load.Median(rates), Load.Median(floors));
        }
    }

    /// <summary>In a process of their own, with the same load and the same bare loop: what they bring along stays out of this one.</summary>
    private static Task PeersAsync(bool quick) =>
        Repository.RunSdkAsync(["run", "-c", "Release", "--project", Repository.PathOf("bench/Tasker.Benchmarks.Peers"), "--", .. quick ? ["--quick"] : Array.Empty<string>()]);

    private bool Skips(string name) => !name.Contains(_only, StringComparison.OrdinalIgnoreCase);

    private static string? Value(string[] args, string name)
    {
        var index = Array.IndexOf(args, name);
        return index >= 0 && index + 1 < args.Length ? args[index + 1] : null;
    }
}
