using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Messages;

/// <summary>
/// The connection by whose lock other workers see that this one lives. Where the queues lie in the same database it listens to them as well; until a lost
/// one is made again, the worker polls.
/// </summary>
internal sealed class LifeSign : IAsyncDisposable
{
    /// <summary>The key of the connections that stay open.</summary>
    public const string Connections = "Tasker.Postgres.Standing";

    private readonly StandingConnection _connection;

    public LifeSign(
        [FromKeyedServices(Connections)] NpgsqlDataSource database,
        ClaimPump pump,
        ClaimSettings settings,
        WorkerIdentity worker,
        TimeProvider time,
        SafeLogger<LifeSign> logger,
        IMessageTransport? elsewhere = null)
    {
        // Shared, with itself: a lost connection may hold the lock for as long as the server believes in it, and must not be the only one that does.
        var hold = $"SELECT pg_try_advisory_lock_shared({WorkerIdentity.LockKey(worker.Id)})";
        _connection = elsewhere is null
            ? new QueueListener(settings.Namespaces, pump, logger).Connect(database, hold, time)
            : new StandingConnection(database, hold, static _ => { }, static () => { }, (delay, exception) => Log.LifeSignLost(logger, delay, exception.Message), time);
    }

    public void Start() => _connection.Start();

    public Task StopAsync() => _connection.StopAsync();

    public ValueTask DisposeAsync() => _connection.DisposeAsync();
}
