using Npgsql;
using NpgsqlTypes;
using Tasker.Postgres.Database;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;
using Tasker.Templates;

namespace Tasker.Postgres.Registration;

/// <summary>
/// Writes what a worker announces at its start (protocol sheet §3.3, §2.1): namespaces, templates, queues. Writing the same again changes nothing, and
/// workers that start together do not disturb each other.
/// </summary>
internal sealed class Registrar(NpgsqlDataSource database, SafeLogger<Registrar> logger, IMessageTransport? elsewhere = null)
{
    /// <summary>Workers of any kind may create the same rows and tables at the same moment.</summary>
    private const int Attempts = 5;

    /// <summary>Serializes the registrations of .NET workers. The number has no meaning but must stay.</summary>
    private const long RegistrationLock = 0x7461_736B_6572_0001;

    private const string Lock = "SELECT pg_advisory_xact_lock($1)";

    private const string InsertNamespace = """
        INSERT INTO tasker.task_namespaces (name, description, created_at, updated_at)
        VALUES ($1, 'Auto-created namespace: ' || $1, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC')
        ON CONFLICT DO NOTHING
        """;

    private const string UpsertTemplate = """
        INSERT INTO tasker.named_tasks AS known (
            task_namespace_uuid, name, version, description, configuration, identity_strategy, created_at, updated_at)
        SELECT n.task_namespace_uuid, $2, $3, $4, $5, 'strict', now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
        FROM tasker.task_namespaces n WHERE n.name = $1
        ON CONFLICT (task_namespace_uuid, name, version) DO UPDATE SET
            description = COALESCE(EXCLUDED.description, known.description),
            configuration = EXCLUDED.configuration,
            updated_at = EXCLUDED.updated_at
        WHERE known.configuration IS DISTINCT FROM EXCLUDED.configuration
           OR COALESCE(EXCLUDED.description, known.description) IS DISTINCT FROM known.description
        """;

    internal const string CreateQueues = """
        SELECT pgmq."create"(wanted.name) FROM unnest($1) AS wanted (name)
        WHERE NOT EXISTS (SELECT FROM pgmq.meta m WHERE m.queue_name = wanted.name)
        """;

    /// <summary>Writes namespaces and templates and creates the queues.</summary>
    /// <param name="namespaces">The namespaces that the worker serves.</param>
    /// <param name="templates">The templates of those namespaces.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The templates whose stored form is new or has changed.</returns>
    public async Task<IReadOnlyList<TaskTemplate>> RegisterAsync(
        IReadOnlyCollection<string> namespaces,
        IReadOnlyCollection<TaskTemplate> templates,
        CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var changed = await RegisterOnceAsync(namespaces, templates, cancellationToken).ConfigureAwait(false);
                Log.Registered(logger, templates.Count, changed.Count, string.Join(", ", namespaces));
                return changed;
            }
            catch (PostgresException exception) when (attempt < Attempts && SqlErrors.IsPassing(exception))
            {
                Log.RegistrationRepeated(logger, exception.SqlState, exception.MessageText);
            }
        }
    }

    private async Task<IReadOnlyList<TaskTemplate>> RegisterOnceAsync(
        IReadOnlyCollection<string> namespaces,
        IReadOnlyCollection<TaskTemplate> templates,
        CancellationToken cancellationToken)
    {
        var changed = new List<TaskTemplate>();
        var queues = namespaces.SelectMany(QueueNames.All).Distinct().Order(StringComparer.Ordinal).ToArray();
        // First: a template without its queues must not be seen.
        if (elsewhere is not null)
            await elsewhere.CreateQueuesAsync(queues, cancellationToken).ConfigureAwait(false);
        var connection = await database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            var transaction = await connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                await ExecuteAsync(connection, Lock, cancellationToken, new NpgsqlParameter<long> { TypedValue = RegistrationLock }).ConfigureAwait(false);
                foreach (var name in namespaces.Order(StringComparer.Ordinal))
                    await ExecuteAsync(connection, InsertNamespace, cancellationToken, Text(name)).ConfigureAwait(false);
                foreach (var template in templates.OrderBy(one => one.ToString(), StringComparer.Ordinal))
                {
                    var configuration = new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = TemplateJson.Write(template) };
                    var rows = await ExecuteAsync(
                        connection,
                        UpsertTemplate,
                        cancellationToken,
                        Text(template.Namespace),
                        Text(template.Name),
                        Text(template.Version),
                        Text(template.Description),
                        configuration).ConfigureAwait(false);
                    if (rows > 0)
                        changed.Add(template);
                }

                string[] here = elsewhere is null ? queues : [QueueNames.OutgoingEvents];
                await ExecuteAsync(connection, CreateQueues, cancellationToken, new NpgsqlParameter<string[]> { TypedValue = here }).ConfigureAwait(false);
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return changed;
    }

    private static async Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken, params NpgsqlParameter[] parameters)
    {
        var command = new NpgsqlCommand(sql, connection);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.AddRange(parameters);
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static NpgsqlParameter Text(string? value) => new() { NpgsqlDbType = NpgsqlDbType.Text, Value = (object?)value ?? DBNull.Value };
}
