using Microsoft.Extensions.Logging;
using Tasker.Postgres.Hosting;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>Does at intervals what no message asks for.</summary>
internal sealed class Housekeeping(
    CancellationWatch cancellations,
    ClaimRecovery claims,
    RecoverySettings settings,
    TimeProvider time,
    ILogger<Housekeeping> logger,
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
            try
            {
                await cancellations.RunAsync(stop).ConfigureAwait(false);
                await claims.RunAsync(stop).ConfigureAwait(false);
                if (results is not null)
                    await results.RunAsync(stop).ConfigureAwait(false);
                if (events is not null)
                    await events.RunAsync(stop).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.RecoveryFailed(logger, exception);
            }

            await Task.Delay(interval, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
