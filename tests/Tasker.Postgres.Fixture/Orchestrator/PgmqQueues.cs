using Npgsql;

namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>PGMQ queues, in the database of the steps or in another (§2).</summary>
/// <param name="database">The database, with tasker-core's search path.</param>
public sealed class PgmqQueues(NpgsqlDataSource database) : IOrchestratorQueues
{
    private const string ResultQueue = "orchestration_step_results";

    /// <inheritdoc/>
    public Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation) => database.ExecuteAsync(
        """
        SELECT pgmq_send_with_notify('worker_' || $1 || '_queue',
            jsonb_build_object('task_uuid', $2::uuid, 'step_uuid', $3::uuid, 'correlation_id', $4::uuid), 0)
        """,
        @namespace,
        task,
        step,
        correlation);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks) => await database.QueryAsync(
        $"SELECT msg_id, message ->> 'task_uuid', message ->> 'step_uuid' FROM pgmq.q_{ResultQueue} WHERE (message ->> 'task_uuid')::uuid = ANY ($1) ORDER BY msg_id",
        row =>
        {
            var message = row.GetInt64(0);
            return new ResultNotice(
                Guid.Parse(row.GetString(1)),
                Guid.Parse(row.GetString(2)),
                () => database.ExecuteAsync($"SELECT pgmq.archive('{ResultQueue}', $1)", message));
        },
        tasks.ToArray()).ConfigureAwait(false);
}
