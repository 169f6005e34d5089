namespace Tasker.Postgres.Completions;

/// <summary>
/// The completion, in one statement and so all or nothing (protocol sheet §7.2, §14.2): the transition from this worker's own claim, the result, and the message
/// to the orchestrator. The result travels once and is stored as sent: in the event as text, in the column as JSON.
/// </summary>
/// <remarks>
/// Parameters, one element an outcome: $1 claims, $2 steps, $3 tasks, $4 correlations, $5 results, $6 whether it succeeded; then $7 the worker's id and $8
/// the time. Returns the claims whose outcome counted; the others are no longer their step's latest transition.
/// </remarks>
internal static class CompletionSql
{
    public static string Text(bool send) => $"""
        WITH outcome AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5, $6) AS o (claim_uuid, step_uuid, task_uuid, correlation_id, result, success)
        ),
        held AS MATERIALIZED (
            SELECT t.workflow_step_transition_uuid, t.workflow_step_uuid, t.sort_key
            FROM tasker.workflow_step_transitions t JOIN outcome o ON o.claim_uuid = t.workflow_step_transition_uuid
            WHERE t.most_recent AND t.to_state = 'in_progress'
            ORDER BY t.workflow_step_uuid
            FOR UPDATE OF t
        ),
        flipped AS (
            UPDATE tasker.workflow_step_transitions t SET most_recent = false, updated_at = now() AT TIME ZONE 'UTC'
            FROM held h WHERE t.workflow_step_transition_uuid = h.workflow_step_transition_uuid
            RETURNING t.workflow_step_transition_uuid AS claim_uuid, t.workflow_step_uuid, t.sort_key
        ),
        completed AS (
            INSERT INTO tasker.workflow_step_transitions (
                workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT f.workflow_step_uuid,
                CASE WHEN o.success THEN 'enqueued_for_orchestration' ELSE 'enqueued_as_error_for_orchestration' END,
                'in_progress',
                jsonb_build_object(
                    'event', CASE WHEN o.success THEN '{Event("EnqueueForOrchestration")}' ELSE '{Event("EnqueueAsErrorForOrchestration")}' END
                        || o.result || '{Brace}',
                    'timestamp', $8, 'worker_uuid', $7, 'correlation_id', o.correlation_id),
                f.sort_key + 1, true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM flipped f JOIN outcome o ON o.claim_uuid = f.claim_uuid
            RETURNING workflow_step_uuid
        ),
        stored AS (
            UPDATE tasker.workflow_steps ws SET in_process = false, results = o.result::jsonb, updated_at = now() AT TIME ZONE 'UTC'
            FROM flipped f JOIN outcome o ON o.claim_uuid = f.claim_uuid
            WHERE ws.workflow_step_uuid = f.workflow_step_uuid
        )
        SELECT f.claim_uuid {(send ? Send : "")}
        FROM completed c
        JOIN flipped f ON f.workflow_step_uuid = c.workflow_step_uuid
        JOIN outcome o ON o.claim_uuid = f.claim_uuid
        """;

    private const string Brace = "}";

    private const string Send = """
        , pgmq_send_with_notify('orchestration_step_results',
            jsonb_build_object('task_uuid', o.task_uuid, 'step_uuid', o.step_uuid, 'correlation_id', o.correlation_id), 0)
        """;

    private static string Event(string type) => $$"""{"type":"{{type}}","data":""";
}
