using System.Text.RegularExpressions;
using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Database;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Whether <c>pgmq_send_with_notify</c> of this server announces messages as <see cref="SendSql.Many"/> does. It is asked: in a transaction that is rolled back, both
/// send the same message while a stand-in for <c>pg_notify</c>, found first on the search path, writes down what they say. A server on which they differ, or
/// that does not allow the question, gets its own function for each message (<c>docs/adr/0013-messages-sent-together.md</c>).
/// </summary>
internal sealed partial class SendFunction(NpgsqlDataSource database, SafeLogger<SendFunction> logger)
{
    private const string Said = "SELECT current_setting('tasker_dotnet.said', true), set_config('tasker_dotnet.said', '', true)";

    private volatile bool _isAsDescribed;

    /// <summary>Whether the function was found to be the one that is known.</summary>
    public bool IsAsDescribed => _isAsDescribed;

    /// <summary>Asks the server.</summary>
    /// <exception cref="NpgsqlException">The server cannot be reached at present.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        string reason;
        try
        {
            var (function, together) = await ListenInAsync(cancellationToken).ConfigureAwait(false);
            _isAsDescribed = function.Length > 0 && function == together;
            reason = "it announces messages differently";
        }
        catch (PostgresException exception) when (!SqlErrors.IsPassing(exception))
        {
            _isAsDescribed = false;
            reason = exception.MessageText;
        }

        if (!_isAsDescribed)
            Log.SentOneByOne(logger, reason);
    }

    private async Task<(string Function, string Together)> ListenInAsync(CancellationToken cancellationToken)
    {
        var message = new ResultMessage(Guid.Empty, Guid.Empty, Guid.Empty).Write().ToArray();
        var schema = "tasker_dotnet_" + Guid.NewGuid().ToString("N");
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                var batch = new NpgsqlBatch(connection, transaction)
                {
                    BatchCommands =
                    {
                        new NpgsqlBatchCommand($"CREATE SCHEMA {schema}"),
                        new NpgsqlBatchCommand($"""
                            CREATE FUNCTION {schema}.pg_notify(channel text, payload text) RETURNS void LANGUAGE sql AS $$
                                SELECT set_config('tasker_dotnet.said', concat(current_setting('tasker_dotnet.said', true), channel, ' ', payload, E'\n'), true)
                            $$
                            """),
                        new NpgsqlBatchCommand($"SELECT set_config('search_path', '{schema}, ' || current_setting('search_path') || ', pg_catalog', true)"),
                        new NpgsqlBatchCommand("SELECT " + SendSql.One("$1")) { Parameters = { Json(message) } },
                        new NpgsqlBatchCommand(Said),
                        new NpgsqlBatchCommand(SendSql.Many("SELECT $1 AS message")) { Parameters = { Json(message) } },
                        new NpgsqlBatchCommand(Said),
                    },
                };
                await using (batch.ConfigureAwait(false))
                {
                    var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                    await using (reader.ConfigureAwait(false))
                    {
                        // The results of the search path and of the function come first.
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        var function = await ReadAsync(reader, cancellationToken).ConfigureAwait(false);
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                        return (function, await ReadAsync(reader, cancellationToken).ConfigureAwait(false));
                    }
                }
            }
        }
    }

    private static async Task<string> ReadAsync(NpgsqlDataReader reader, CancellationToken cancellationToken)
    {
        await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var said = await reader.IsDBNullAsync(0, cancellationToken).ConfigureAwait(false) ? "" : reader.GetString(0);
        return MessageId().Replace(said, "$1");
    }

    private static NpgsqlParameter<byte[]> Json(byte[] value) => new() { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Jsonb };

    /// <summary>What differs between two messages.</summary>
    [GeneratedRegex("""("msg_id" ?: ?)\d+""")]
    private static partial Regex MessageId();
}
