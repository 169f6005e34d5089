using Npgsql;
using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Completions;

/// <summary>
/// The domain events that are kept in a queue beside the steps, where the statement that stores their outcome can put them, until they are sent to queues
/// that are elsewhere. They are hidden for as long as the worker that made them is expected to send them itself.
/// </summary>
internal sealed class KeptEvents(NpgsqlDataSource database)
{
    /// <summary>As long as a message that was read, protocol sheet §2.4.</summary>
    public const int HiddenSeconds = 30;

    private const string Drop = $"SELECT pgmq.delete('{QueueNames.OutgoingEvents}', $1)";
    private const string Read = $"SELECT msg_id, message ->> 'queue', message -> 'message' FROM pgmq.read('{QueueNames.OutgoingEvents}', $1, $2)";

    /// <summary>Keeps events no longer, because they are sent.</summary>
    public async Task DropAsync(IEnumerable<long> events, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Drop);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<long[]> { TypedValue = [.. events] });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Reads events that nobody has sent in time, and hides them again.</summary>
    public async Task<List<KeptEvent>> ReadAsync(int count, CancellationToken cancellationToken)
    {
        var events = new List<KeptEvent>();
        var command = database.CreateCommand(Read);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = HiddenSeconds });
            command.Parameters.Add(new NpgsqlParameter<int> { TypedValue = count });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    // What is none of ours is left.
                    if (!await reader.IsDBNullAsync(1, cancellationToken).ConfigureAwait(false) && !await reader.IsDBNullAsync(2, cancellationToken).ConfigureAwait(false))
                        events.Add(new KeptEvent(reader.GetInt64(0), reader.GetString(1), reader.GetFieldValue<byte[]>(2)));
                }
            }
        }

        return events;
    }
}
