using Microsoft.Extensions.Logging;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>Does at intervals what no message asks for.</summary>
internal sealed class Housekeeping(
    CancellationWatch cancellations,
    ClaimRecovery claims,
    RecoverySettings settings,
    TimeProvider time,
    ILogger<Housekeeping> logger,
    ResultRecovery? results = null) : IAsyncDisposable
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        var interval = settings.Silence / 4;
        interval = interval < Shortest ? Shortest : interval > Longest ? Longest : interval;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await cancellations.RunAsync(_stop.Token).ConfigureAwait(false);
                await claims.RunAsync(_stop.Token).ConfigureAwait(false);
                if (results is not null)
                    await results.RunAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                Log.RecoveryFailed(logger, exception);
            }

            await Task.Delay(interval, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
