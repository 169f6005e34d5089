using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Messages;

/// <summary>What PGMQ queues announce (protocol sheet §2.3), to a receiver.</summary>
internal sealed class QueueListener(IReadOnlyList<string> namespaces, IMessageReceiver receiver, ILogger logger)
{
    private readonly HashSet<string> _queues = [.. namespaces.Select(QueueNames.Steps)];

    /// <summary>The statement that begins to listen.</summary>
    public string Listen { get; } = string.Concat(namespaces.Select(name => $"LISTEN \"{QueueNames.Channel(name)}\";"));

    /// <summary>A connection that does nothing else.</summary>
    /// <param name="database">Connections without a pool.</param>
    /// <param name="more">What the connection runs besides.</param>
    /// <param name="time">The clock.</param>
    public StandingConnection Connect(NpgsqlDataSource database, string more, TimeProvider time) =>
        new(database, Listen + more, Notified, Opened, (delay, exception) => Log.ListenerLost(logger, delay, exception.Message), time);

    private void Opened()
    {
        Log.Listening(logger, string.Join(", ", namespaces.Select(QueueNames.Channel)));

        // What was sent before is in the queues only.
        receiver.LookIntoQueues();
    }

    private void Notified(string payload)
    {
        var notification = Notification.Parse(payload);
        if (notification.Message is { } message && _queues.Contains(message.Queue))
            receiver.Announce(message);
        else if (notification.Queue is null || _queues.Contains(notification.Queue))
            receiver.LookIntoQueues();
    }
}
