using Npgsql;

namespace Tasker.Postgres.Fixture;

/// <summary>Enqueued steps in numbers, as an orchestrator would have left them, without the waiting for one.</summary>
public static class Seed
{
    /// <summary>Creates tasks of one step each and enqueues the steps; nothing is announced.</summary>
    /// <param name="database">The database.</param>
    /// <param name="namespace">The registered template's namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="step">The step's name.</param>
    /// <param name="count">How many.</param>
    /// <returns>The steps.</returns>
    public static Task<List<Guid>> EnqueueAsync(NpgsqlDataSource database, string @namespace, string name, string step, int count) => database.QueryAsync(
        """
        WITH template AS (
            SELECT t.named_task_uuid FROM tasker.named_tasks t JOIN tasker.task_namespaces n USING (task_namespace_uuid) WHERE n.name = $1 AND t.name = $2),
        created_name AS (
            INSERT INTO tasker.named_steps (name, created_at, updated_at) VALUES ($3, now(), now())
            ON CONFLICT (name) DO UPDATE SET updated_at = now() RETURNING named_step_uuid),
        task AS (
            INSERT INTO tasker.tasks (named_task_uuid, requested_at, context, identity_hash, created_at, updated_at, correlation_id)
            SELECT named_task_uuid, now(), '{"n":1}', gen_random_uuid()::text, now(), now(), gen_random_uuid()
            FROM template, generate_series(1, $4) RETURNING task_uuid, correlation_id),
        step AS (
            INSERT INTO tasker.workflow_steps (task_uuid, named_step_uuid, created_at, updated_at)
            SELECT task_uuid, named_step_uuid, now(), now() FROM task, created_name RETURNING workflow_step_uuid, task_uuid),
        pending AS (
            INSERT INTO tasker.workflow_step_transitions (workflow_step_uuid, to_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT workflow_step_uuid, 'pending', '{"initial_state":"pending","from_service":"task_initializer"}', 1, false, now(), now() FROM step),
        enqueued AS (
            INSERT INTO tasker.workflow_step_transitions (
                workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT workflow_step_uuid, 'enqueued', 'pending', '{"event":"{\"type\":\"Enqueue\"}"}', 2, true, now(), now() FROM step)
        SELECT step.workflow_step_uuid, (SELECT count(*) FROM pgmq.send('worker_' || $1 || '_queue', jsonb_build_object(
            'task_uuid', task.task_uuid, 'step_uuid', step.workflow_step_uuid, 'correlation_id', task.correlation_id), 0))
        FROM step JOIN task USING (task_uuid)
        """,
        row => row.GetGuid(0),
        @namespace,
        name,
        step,
        count);

    /// <summary>Announces a step anew, as the orchestrator would; returns when the message is committed.</summary>
    public static Task<long> SendAsync(NpgsqlDataSource database, string @namespace, Guid step) => database.ScalarAsync<long>(
        """
        SELECT pgmq_send_with_notify('worker_' || $1 || '_queue', jsonb_build_object(
            'task_uuid', ws.task_uuid, 'step_uuid', ws.workflow_step_uuid, 'correlation_id', t.correlation_id), 0)
        FROM tasker.workflow_steps ws JOIN tasker.tasks t USING (task_uuid) WHERE ws.workflow_step_uuid = $2
        """,
        @namespace,
        step);
}
