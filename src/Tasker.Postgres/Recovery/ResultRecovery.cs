using Npgsql;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>
/// Tells the orchestrator again of results that it has not taken up for a while, where the message is not stored with the result: the worker died between
/// the two, or the message was lost on its way. The orchestrator ignores a message too many (protocol sheet §8.2), and the pauses between the messages for a
/// result double, so that one which is away for a day does not find a flood.
/// </summary>
internal sealed class ResultRecovery(
    NpgsqlDataSource database,
    IMessageTransport transport,
    ResultAnnouncer announcer,
    RecoverySettings settings,
    WorkerIdentity worker,
    SafeLogger<ResultRecovery> logger)
{
    private const int MaxBatch = 256;

    /// <summary>How often a result was announced again, as far as it matters. Whatever else somebody wrote there must not keep the other results from being found.</summary>
    private const string Announced = """
        CASE WHEN jsonb_typeof(t.metadata #> '{tasker_dotnet,announced}') = 'number'
            THEN LEAST(GREATEST((t.metadata #>> '{tasker_dotnet,announced}')::numeric, 0), 10)::int ELSE 0 END
        """;

    /// <summary>The steps come from an index that has all conditions on them in it, as in <see cref="ClaimRecovery"/>; the mark is that of <see cref="CompletionSql"/>.</summary>
    private const string Waiting = $$"""
        SELECT t.workflow_step_transition_uuid, ws.task_uuid, ws.workflow_step_uuid, task.correlation_id
        FROM (SELECT workflow_step_uuid FROM tasker.workflow_steps WHERE processed = false AND in_process = false AND attempts > 0 OFFSET 0) AS attempted
        JOIN tasker.workflow_steps ws ON ws.workflow_step_uuid = attempted.workflow_step_uuid
        JOIN tasker.workflow_step_transitions t ON t.workflow_step_uuid = ws.workflow_step_uuid AND t.most_recent
            AND t.to_state IN ('enqueued_for_orchestration', 'enqueued_as_error_for_orchestration')
        JOIN tasker.tasks task ON task.task_uuid = ws.task_uuid
        JOIN tasker.named_tasks nt ON nt.named_task_uuid = task.named_task_uuid
        JOIN tasker.task_namespaces n ON n.task_namespace_uuid = nt.task_namespace_uuid
        CROSS JOIN LATERAL (SELECT
            CASE WHEN t.metadata #>> '{tasker_dotnet,worker_name}' = $2 AND t.metadata ->> 'worker_uuid' <> $3 THEN $4::interval ELSE $5::interval END AS silence,
            {{Announced}} AS announced) AS mark
        WHERE jsonb_typeof(t.metadata -> 'tasker_dotnet') = 'object' AND n.name = ANY ($1)
            AND t.updated_at < now() AT TIME ZONE 'UTC' - CASE WHEN mark.announced = 0 THEN mark.silence ELSE $5::interval * power(2, mark.announced) END
        ORDER BY t.updated_at LIMIT $6
        """;

    private const string Mark = $$"""
        UPDATE tasker.workflow_step_transitions t SET updated_at = now() AT TIME ZONE 'UTC', metadata = jsonb_set(
            t.metadata, '{tasker_dotnet,announced}', to_jsonb({{Announced}} + 1))
        WHERE t.workflow_step_transition_uuid = ANY ($1) AND t.most_recent
        """;

    /// <summary>Looks once.</summary>
    /// <returns>How many results were announced again.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        if (announcer.IsFailing)
            return 0;
        var (transitions, messages) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        if (messages.Count == 0)
            return 0;
        await transport.SendAsync(QueueNames.StepResults, messages, cancellationToken).ConfigureAwait(false);
        var command = database.CreateCommand(Mark);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<Guid[]> { TypedValue = [.. transitions] });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }

        Log.ResultsAnnouncedAgain(logger, messages.Count);
        return messages.Count;
    }

    private async Task<(List<Guid> Transitions, List<ReadOnlyMemory<byte>> Messages)> ReadAsync(CancellationToken cancellationToken)
    {
        var transitions = new List<Guid>();
        var messages = new List<ReadOnlyMemory<byte>>();
        var command = database.CreateCommand(Waiting);
        await using (command.ConfigureAwait(false))
        {
            var parameters = command.Parameters;
            parameters.Add(new NpgsqlParameter<string[]> { TypedValue = settings.Namespaces });
            parameters.Add(new NpgsqlParameter<string> { TypedValue = worker.Name });
            parameters.Add(new NpgsqlParameter<string> { TypedValue = worker.Id.ToString() });
            parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = settings.OwnSilence });
            parameters.Add(new NpgsqlParameter<TimeSpan> { TypedValue = settings.Silence });
            parameters.Add(new NpgsqlParameter<int> { TypedValue = MaxBatch });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    transitions.Add(reader.GetGuid(0));
                    messages.Add(new ResultMessage(reader.GetGuid(1), reader.GetGuid(2), reader.GetGuid(3)).Write());
                }
            }
        }

        return (transitions, messages);
    }
}
