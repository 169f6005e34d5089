using Npgsql;

namespace Tasker.Postgres.Messages;

/// <summary>A connection that stays open: made again when it is lost, for as long as it takes.</summary>
/// <param name="database">Connections without a pool.</param>
/// <param name="command">What each new connection runs first.</param>
/// <param name="notified">Gets the text of each notification.</param>
/// <param name="opened">Called when a connection stands.</param>
/// <param name="lost">Called when it is lost or could not be made, with the time until the next try.</param>
/// <param name="time">The clock.</param>
internal sealed class StandingConnection(
    NpgsqlDataSource database, string command, Action<string> notified, Action opened, Action<TimeSpan, Exception> lost, TimeProvider time) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

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
        var delay = ShortestDelay;
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var connection = await database.OpenConnectionAsync(_stop.Token).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    connection.Notification += (_, args) => notified(args.Payload);
                    var first = new NpgsqlCommand(command, connection);
                    await using (first.ConfigureAwait(false))
                        await first.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
                    delay = ShortestDelay;
                    opened();
                    while (true)
                        await connection.WaitAsync(_stop.Token).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                lost(delay, exception);
                await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }
}
