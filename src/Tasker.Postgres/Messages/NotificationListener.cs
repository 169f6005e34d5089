using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Messages;

/// <summary>
/// One connection that hears what is sent to the worker's queues (protocol sheet §2.3), and holds the lock by which other workers see that this one lives.
/// A lost connection is made again; until then the worker polls.
/// </summary>
internal sealed class NotificationListener(
    [FromKeyedServices(NotificationListener.Connections)] NpgsqlDataSource database,
    ClaimPump pump,
    ClaimSettings settings,
    WorkerIdentity worker,
    TimeProvider time,
    ILogger<NotificationListener> logger) : IAsyncDisposable
{
    /// <summary>The key of the connections that are made to listen.</summary>
    public const string Connections = "Tasker.Postgres.Listening";

    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<string> _queues = [.. settings.Namespaces.Select(QueueNames.Steps)];
    private readonly string _listen = string.Concat(settings.Namespaces.Select(name => $"LISTEN \"{QueueNames.Channel(name)}\";"));
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
                    connection.Notification += OnNotification;
                    await ListenAsync(connection).ConfigureAwait(false);
                    delay = ShortestDelay;
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
                Log.ListenerLost(logger, delay, exception.Message);
                await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }
    }

    private async Task ListenAsync(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand($"{_listen} SELECT pg_try_advisory_lock({WorkerIdentity.LockKey(worker.Id)})", connection);
        await using (command.ConfigureAwait(false))
            await command.ExecuteNonQueryAsync(_stop.Token).ConfigureAwait(false);
        Log.Listening(logger, string.Join(", ", settings.Namespaces.Select(QueueNames.Channel)));

        // What was sent before is in the queues only.
        pump.LookIntoQueues();
    }

    private void OnNotification(object sender, NpgsqlNotificationEventArgs args)
    {
        var notification = Notification.Parse(args.Payload);
        if (notification.Message is { } message && _queues.Contains(message.Queue))
            pump.Announce(message);
        else if (notification.Queue is null || _queues.Contains(notification.Queue))
            pump.LookIntoQueues();
    }
}
