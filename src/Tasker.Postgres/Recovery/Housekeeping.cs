using Tasker.Postgres.Hosting;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>Does at intervals what no message asks for.</summary>
internal sealed class Housekeeping(
    CancellationWatch cancellations,
    ClaimRecovery claims,
    RecoverySettings settings,
    TimeProvider time,
    SafeLogger<Housekeeping> logger,
    EventRecovery? events = null,
    ResultRecovery? results = null) : BackgroundLoop
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    protected override async Task RunAsync(CancellationToken stop)
    {
        var interval = settings.Silence / 4;
        interval = interval < Shortest ? Shortest : interval > Longest ? Longest : interval;
        while (!stop.IsCancellationRequested)
        {
            await TryAsync("look for cancelled steps", cancellations.RunAsync, stop).ConfigureAwait(false);
            await TryAsync("recover claims of workers that are gone", claims.RunAsync, stop).ConfigureAwait(false);
            if (results is not null)
                await TryAsync("announce results again", results.RunAsync, stop).ConfigureAwait(false);
            if (events is not null)
                await TryAsync("send kept events", events.RunAsync, stop).ConfigureAwait(false);
            await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>A job that fails does not keep the others from being done.</summary>
    private async Task TryAsync(string job, Func<CancellationToken, Task> runAsync, CancellationToken stop)
    {
        try
        {
            await runAsync(stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The worker stops, and the next round with it.
        }
        catch (Exception exception)
        {
            Log.RecoveryFailed(logger, job, exception);
        }
    }
}
