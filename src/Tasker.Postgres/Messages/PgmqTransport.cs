using System.Text;
using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Database;
using Tasker.Postgres.Registration;
using Tasker.Telemetry;

namespace Tasker.Postgres.Messages;

/// <summary>PGMQ queues in another database than the steps (protocol sheet §1.1, "split databases").</summary>
/// <param name="database">The queues' database.</param>
/// <param name="standing">The same, for the connection that listens.</param>
/// <param name="namespaces">The namespaces to listen for.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class PgmqTransport(NpgsqlDataSource database, NpgsqlDataSource standing, IReadOnlyList<string> namespaces, TimeProvider time, SafeLogger<PgmqTransport> logger)
    : IMessageTransport, IAsyncDisposable
{
    /// <summary>How long a message that was read stays invisible, as with tasker-core's own workers (protocol sheet §2.4).</summary>
    private const int InvisibleSeconds = 30;

    private const string Read = "SELECT q.queue, r.msg_id, r.message::text FROM unnest($1) AS q (queue) CROSS JOIN LATERAL pgmq.read(q.queue, $2, $3) AS r";
    private const string Archive = "SELECT count(*) FROM pgmq.archive($1, $2)";
    private const string Send = "SELECT count(pgmq_send_with_notify($1, m.message, 0)) FROM unnest($2) AS m (message)";

    private readonly string[] _queues = [.. namespaces.Select(QueueNames.Steps)];
    private StandingConnection? _listener;

    public async Task CreateQueuesAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(Registrar.CreateQueues, cancellationToken, new NpgsqlParameter<string[]> { TypedValue = [.. queues] }).ConfigureAwait(false);
        }
        catch (NpgsqlException exception) when (SqlErrors.IsPassing(exception))
        {
            throw new IOException($"the queues' database says: {exception.Message}", exception);
        }
        catch (PostgresException exception)
        {
            throw new ConfigurationException(
                $"The queues cannot be created: {exception.MessageText}. Check that PGMQ is installed in the queues' database, and that the user may create queues.", exception);
        }
    }

    public void Start(IReadOnlyList<string> queues, IMessageReceiver receiver)
    {
        _listener = new QueueListener(namespaces, receiver, logger).Connect(standing, more: "", time);
        _listener.Start();
    }

    public Task StopReceivingAsync() => _listener?.StopAsync() ?? Task.CompletedTask;

    public async ValueTask<IReadOnlyList<StepMessage>> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var messages = new List<StepMessage>();
        var command = database.CreateCommand(Read);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string[]> { TypedValue = _queues });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = InvisibleSeconds });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    var body = await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false) ? [] : Encoding.UTF8.GetBytes(reader.GetString(2));
                    messages.Add(new StepMessage(reader.GetString(0), reader.GetInt64(1), StepMessage.ReadStep(body)));
                }
            }
        }

        return messages;
    }

    /// <summary>What is not done with becomes visible again by itself; nothing is thrown away.</summary>
    public async ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken)
    {
        if (fate is not MessageFate.Done)
            return;
        foreach (var queue in messages.GroupBy(message => message.Queue))
        {
            await ExecuteAsync(
                Archive,
                cancellationToken,
                new NpgsqlParameter<string> { TypedValue = queue.Key },
                new NpgsqlParameter<long[]> { TypedValue = [.. queue.Select(message => message.Id)] }).ConfigureAwait(false);
        }
    }

    public async Task SendAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync(
                Send,
                cancellationToken,
                new NpgsqlParameter<string> { TypedValue = queue },
                new NpgsqlParameter<byte[][]> { TypedValue = [.. messages.Select(message => message.ToArray())], NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Jsonb }).ConfigureAwait(false);
        }
        catch (PostgresException exception) when (SqlErrors.IsMissingTable(exception))
        {
            // The caller sends again.
            await CreateQueuesAsync([queue], cancellationToken).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
            await _listener.DisposeAsync().ConfigureAwait(false);
        await database.DisposeAsync().ConfigureAwait(false);
        await standing.DisposeAsync().ConfigureAwait(false);
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = database.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
