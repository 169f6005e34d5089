using Tasker.Benchmarks.Engine;
using Tasker.Benchmarks.Peers;

const int InFlight = 1000;
int[] linear = [1, 1, 1, 1];
var quick = args.Contains("--quick");
var (windows, window) = (quick ? 5 : 7, TimeSpan.FromMilliseconds(quick ? 400 : 1000));

await MeasureAsync(await WolverinePeer.StartAsync());
await MeasureAsync(new HangfirePeer());

// In turn with the bare loop, as the engine is measured.
async Task MeasureAsync(IPeer peer)
{
    await using var measured = peer;
    await using var bare = new BareLoop(linear, file: null, TimeSpan.Zero);
    await Load.RateAsync(peer.RunAsync, InFlight, 3 * window);
    await Load.RateAsync(bare.RunAsync, InFlight, window);
    var (rates, floors) = (new double[windows], new double[windows]);
    for (var i = 0; i < windows; i++)
    {
        floors[i] = linear.Length * await Load.RateAsync(bare.RunAsync, InFlight, window);
        rates[i] = linear.Length * await Load.RateAsync(peer.RunAsync, InFlight, window);
    }

    Figures.Write(
        $"{peer.Name}, in memory, linear-4, 1,000 in flight",
        "steps/s",
        Load.Median(rates),
        target: null,
        Load.Median(floors),
        Load.Median(floors.Zip(rates, (floor, rate) => floor / rate)),
        moreIsBetter: true);
}
