using System.Globalization;
using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Completions;

/// <summary>
/// The part of the completion that sends domain events: each gets the whole hydrated step (protocol sheet §5.1, §11) from the database, as it stood before
/// this statement. So the event costs no round trip and no reading at the time of the claim, and is there exactly if the outcome is.
/// </summary>
internal static class EventSql
{
    /// <summary>The events whose outcome counted, whole: claims, queues, messages. They were given along, one element each.</summary>
    /// <param name="first">The number of the first parameter.</param>
    public static string Told(int first) => $"""
        , event AS MATERIALIZED (
            SELECT * FROM unnest(${first}, ${first + 1}, ${first + 2}) AS e (claim_uuid, queue, message)
        ),
        told AS MATERIALIZED (
            SELECT e.claim_uuid, e.queue, whole.message
            FROM event e JOIN flipped f ON f.claim_uuid = e.claim_uuid CROSS JOIN LATERAL ({Whole} OFFSET 0) AS whole
        )
        """;

    /// <summary>Rows that send the events.</summary>
    public const string Send = "UNION ALL SELECT t.claim_uuid, pgmq_send_with_notify(t.queue, t.message, 0), NULL, NULL FROM told t";

    /// <summary>Rows of the events to be sent elsewhere, which keep them until they are sent.</summary>
    public static string Keep { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        UNION ALL
        SELECT t.claim_uuid, pgmq.send('{QueueNames.OutgoingEvents}', jsonb_build_object('queue', t.queue, 'message', t.message), {KeptEvents.HiddenSeconds}),
            t.queue, t.message::text
        FROM told t
        """);

    private const string Whole = """
        SELECT e.message || jsonb_build_object('payload', (e.message -> 'payload') || jsonb_build_object(
            'execution_result', f.result::jsonb,
            'task_sequence_step', (e.message #> '{payload,task_sequence_step}') || jsonb_build_object(
                'task', jsonb_build_object(
                    'task', jsonb_build_object(
                        'task_uuid', task.task_uuid, 'named_task_uuid', task.named_task_uuid, 'complete', task.complete,
                        'requested_at', to_char(task.requested_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'), 'initiator', task.initiator,
                        'source_system', task.source_system, 'reason', task.reason, 'tags', task.tags, 'context', task.context,
                        'identity_hash', task.identity_hash, 'priority', task.priority,
                        'created_at', to_char(task.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                        'updated_at', to_char(task.updated_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                        'correlation_id', task.correlation_id, 'parent_correlation_id', task.parent_correlation_id),
                    'task_name', nt.name, 'task_version', nt.version, 'namespace_name', n.name),
                'workflow_step', jsonb_build_object(
                    'workflow_step_uuid', ws.workflow_step_uuid, 'task_uuid', ws.task_uuid, 'named_step_uuid', ws.named_step_uuid, 'name', ns.name,
                    'template_step_name', COALESCE(ws.inputs ->> '__template_step_name', ns.name), 'retryable', ws.retryable,
                    'max_attempts', ws.max_attempts, 'processed', ws.processed,
                    'processed_at', to_char(ws.processed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'),
                    'backoff_request_seconds', ws.backoff_request_seconds, 'inputs', ws.inputs, 'results', ws.results,
                    'created_at', to_char(ws.created_at, 'YYYY-MM-DD"T"HH24:MI:SS.US'))
                    || (e.message #> '{payload,task_sequence_step,workflow_step}'),
                'dependency_results', (
                    WITH RECURSIVE before (step_uuid) AS (
                        SELECT from_step_uuid FROM tasker.workflow_step_edges WHERE to_step_uuid = f.workflow_step_uuid
                        UNION
                        SELECT edge.from_step_uuid FROM before b JOIN tasker.workflow_step_edges edge ON edge.to_step_uuid = b.step_uuid
                    )
                    SELECT COALESCE(jsonb_object_agg(named.name, a.results), '{}')
                    FROM before b JOIN tasker.workflow_steps a ON a.workflow_step_uuid = b.step_uuid
                    JOIN tasker.named_steps named ON named.named_step_uuid = a.named_step_uuid
                    WHERE a.processed AND a.results IS NOT NULL)))) AS message
        FROM tasker.workflow_steps ws
        JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
        JOIN tasker.tasks task ON task.task_uuid = ws.task_uuid
        JOIN tasker.named_tasks nt ON nt.named_task_uuid = task.named_task_uuid
        JOIN tasker.task_namespaces n ON n.task_namespace_uuid = nt.task_namespace_uuid
        WHERE ws.workflow_step_uuid = f.workflow_step_uuid
        """;
}
