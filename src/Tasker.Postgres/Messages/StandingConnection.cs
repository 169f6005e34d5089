using Npgsql;
using Tasker.Postgres.Hosting;

namespace Tasker.Postgres.Messages;

/// <summary>A connection that stays open: made again when it is lost, for as long as it takes.</summary>
/// <param name="database">Connections without a pool.</param>
/// <param name="command">What each new connection runs first.</param>
/// <param name="notified">Gets the text of each notification.</param>
/// <param name="opened">Called when a connection stands.</param>
/// <param name="lost">Called when it is lost or could not be made, with the time until the next try.</param>
/// <param name="time">The clock.</param>
internal sealed class StandingConnection(
    NpgsqlDataSource database, string command, Action<string> notified, Action opened, Action<TimeSpan, Exception> lost, TimeProvider time) : BackgroundLoop
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    protected override async Task RunAsync(CancellationToken stop)
    {
        var delay = ShortestDelay;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var connection = await database.OpenConnectionAsync(stop).ConfigureAwait(false);
                await using (connection.ConfigureAwait(false))
                {
                    connection.Notification += (_, args) => notified(args.Payload);
                    var first = new NpgsqlCommand(command, connection);
                    await using (first.ConfigureAwait(false))
                        await first.ExecuteNonQueryAsync(stop).ConfigureAwait(false);
                    delay = ShortestDelay;
                    opened();
                    while (true)
                        await connection.WaitAsync(stop).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                lost(delay, exception);
                await Task.Delay(delay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }
}
