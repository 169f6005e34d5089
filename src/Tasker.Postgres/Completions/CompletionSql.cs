namespace Tasker.Postgres.Completions;

/// <summary>
/// The completion, in one statement and so all or nothing (protocol sheet §7.2, §14.2): the transition from this worker's own claim, the result, and the message
/// to the orchestrator. Where that message goes elsewhere it cannot be part of the statement; the transition then carries a mark, by which a result whose message was
/// lost is found (<see cref="Recovery.ResultRecovery"/>), and the domain events are kept until they are sent (<see cref="KeptEvents"/>). The result travels once and is stored as sent: in the event as text, in the column as JSON.
/// </summary>
/// <remarks>
/// Parameters, one element an outcome and in the order of the claims, which is that in which their rows are locked: $1 claims, $2 tasks, $3 correlations,
/// $4 results, $5 whether it succeeded; then $6 the worker's id, $7 the time and, without the message, $8 the worker's name; then the domain events, if any
/// (<see cref="EventSql"/>). Returns the claims whose outcome counted, the others being no longer their step's latest transition, and the events that the
/// caller has to send; a row without a claim says nothing.
/// </remarks>
internal static class CompletionSql
{
    /// <param name="announcement">How the orchestrator is told.</param>
    /// <param name="events">Whether domain events are given along.</param>
    public static string Text(Announcement announcement, bool events) => $"""
        WITH outcome AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3, $4, $5) AS o (claim_uuid, task_uuid, correlation_id, result, success)
        ),
        flipped AS (
            UPDATE tasker.workflow_step_transitions t SET most_recent = false, updated_at = now() AT TIME ZONE 'UTC'
            FROM outcome o WHERE t.workflow_step_transition_uuid = o.claim_uuid AND t.most_recent AND t.to_state = 'in_progress'
            RETURNING o.*, t.workflow_step_uuid, t.sort_key
        )
        {(events ? EventSql.Told(announcement is Announcement.Elsewhere ? 9 : 8) : "")},
        completed AS (
            INSERT INTO tasker.workflow_step_transitions (
                workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT f.workflow_step_uuid,
                CASE WHEN f.success THEN 'enqueued_for_orchestration' ELSE 'enqueued_as_error_for_orchestration' END,
                'in_progress',
                jsonb_build_object(
                    'event', CASE WHEN f.success THEN '{Event("EnqueueForOrchestration")}' ELSE '{Event("EnqueueAsErrorForOrchestration")}' END
                        || f.result || '{Brace}',
                    'timestamp', $7, 'worker_uuid', $6, 'correlation_id', f.correlation_id){(announcement is Announcement.Elsewhere ? Mark : "")},
                f.sort_key + 1, true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM flipped f
        ),
        stored AS (
            UPDATE tasker.workflow_steps ws SET in_process = false, results = f.result::jsonb, updated_at = now() AT TIME ZONE 'UTC'
            FROM flipped f WHERE ws.workflow_step_uuid = f.workflow_step_uuid
        )
        {announcement switch
        {
            Announcement.Elsewhere => $"SELECT f.claim_uuid, NULL::bigint, NULL::text, NULL::text FROM flipped f {(events ? EventSql.Keep : "")}",
            Announcement.OneByOne => $"SELECT f.claim_uuid, {SendSql.One(Message)}, NULL::text, NULL::text FROM flipped f {(events ? EventSql.Send : "")}",
            _ => $"""
                SELECT f.claim_uuid, NULL::bigint, NULL::text, NULL::text FROM flipped f
                UNION ALL SELECT NULL, ({SendSql.Many($"SELECT {Message} AS message FROM flipped f")}), NULL, NULL
                {(events ? EventSql.Send : "")}
                """,
        }}
        """;

    private const string Brace = "}";

    private const string Message = "jsonb_build_object('task_uuid', f.task_uuid, 'step_uuid', f.workflow_step_uuid, 'correlation_id', f.correlation_id)";

    private const string Mark = " || jsonb_build_object('tasker_dotnet', jsonb_build_object('worker_name', $8))";

    private static string Event(string type) => $$"""{"type":"{{type}}","data":""";
}
