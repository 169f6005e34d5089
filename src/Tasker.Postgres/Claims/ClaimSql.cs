using System.Globalization;
using Tasker.Postgres.Templates;

namespace Tasker.Postgres.Claims;

/// <summary>
/// The claim, in one statement (protocol sheet §4.2, §14.2): compare-and-set on the latest transition, the new transition, flags and attempts, archiving of
/// the messages, and all that the handlers read. Losing a race is a row that says so, never an error.
/// </summary>
/// <remarks>
/// Parameters: $1-$3 the messages, or queues, seconds of invisibility and count to read; $4-$6 the known templates; $7 how many steps at most; $8 the
/// metadata of the transitions; $9 their ids, made here so that no part has to look up what another has inserted. A result row is a claimed step (kind 1), one of its ancestors (kind 2), or a message that was not claimed (kind 0).
/// The insert reads what the flip returns, so that the unique index over the latest transitions is free before it is used again. Locked rows are
/// skipped: another worker is claiming them. <c>OFFSET 0</c> makes the planner look up row by row by key, also while its figures still say that the
/// tables are all but empty. Handlers get the attempts made before this one (§5.1). The candidates hold rows as they were before the statement, which is
/// where the columns of the unclaimed step come from that domain events tell of; they are handed from part to part, and nothing is looked up twice.
/// </remarks>
internal static class ClaimSql
{
    /// <summary>So many steps are claimed in one statement at most; the planner takes it as a hint, too.</summary>
    public const int MaxSteps = 256;

    /// <summary>Claims the steps of messages that are already known.</summary>
    /// <param name="archive">Whether the messages lie in queues of this database, to be archived.</param>
    public static string Announced(bool archive) => $"""
        WITH RECURSIVE message AS MATERIALIZED (
            SELECT * FROM unnest($1, $2, $3) AS m (queue, msg_id, step_uuid)
        ),
        {Claim(archive, mayBeStale: true)}
        """;

    /// <summary>
    /// Reads messages from their queues and claims their steps. The function that reads sees what was committed until it was called, the rest of the
    /// statement what was committed until it began; so a step that does not look enqueued here may be, and its message comes back with the note
    /// <see cref="UnclaimedMessage.LookAgain"/>.
    /// </summary>
    public static string Polled { get; } = string.Create(CultureInfo.InvariantCulture, $"""
        WITH RECURSIVE message AS MATERIALIZED (
            SELECT q.queue, r.msg_id,
                CASE WHEN r.step LIKE '________-____-____-____-____________' AND translate(r.step, '0123456789abcdefABCDEF', '') = '----'
                    THEN r.step::uuid END AS step_uuid
            FROM unnest($1) AS q (queue)
            CROSS JOIN LATERAL (SELECT msg_id, message ->> 'step_uuid' AS step FROM pgmq.read(q.queue, $2, $3) LIMIT {MaxSteps}) AS r
        ),
        {Claim(archive: true, mayBeStale: false)}
        """);

    private static string Claim(bool archive, bool mayBeStale) => $"""
        candidate AS MATERIALIZED (
            SELECT m.queue, m.msg_id, m.step_uuid, ws.workflow_step_uuid IS NOT NULL AS exists, COALESCE(t.to_state, 'pending') AS state,
                ws.attempts, ws.last_attempted_at, ws.updated_at, ns.name AS step_name, names.template_step,
                task.task_uuid, task.correlation_id, task.parent_correlation_id, task.context, nt.named_task_uuid, known.id IS NOT NULL AS runnable,
                CASE
                    WHEN COALESCE(jsonb_typeof(task.context), 'null') <> 'object' THEN 'tasks.context is not an object'
                    WHEN jsonb_typeof(ws.inputs) NOT IN ('object', 'null') THEN 'workflow_steps.inputs is not an object'
                    WHEN jsonb_typeof(ws.checkpoint) NOT IN ('object', 'null') THEN 'workflow_steps.checkpoint is not an object'
                    WHEN ws.attempts NOT BETWEEN 0 AND 1000000000 THEN 'workflow_steps.attempts is out of range'
                    WHEN t.sort_key > 2000000000 THEN 'workflow_step_transitions.sort_key is out of range'
                    WHEN {OutOfRange("ws.last_attempted_at")} THEN 'workflow_steps.last_attempted_at is out of range'
                    WHEN {OutOfRange("ws.updated_at")} THEN 'workflow_steps.updated_at is out of range'
                END AS problem
            FROM message m
            LEFT JOIN LATERAL (SELECT * FROM tasker.workflow_steps WHERE workflow_step_uuid = m.step_uuid OFFSET 0) AS ws ON true
            LEFT JOIN LATERAL (
                SELECT to_state, sort_key FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = ws.workflow_step_uuid AND most_recent OFFSET 0) AS t ON true
            LEFT JOIN LATERAL (SELECT * FROM tasker.tasks WHERE task_uuid = ws.task_uuid OFFSET 0) AS task ON true
            LEFT JOIN tasker.named_tasks nt ON nt.named_task_uuid = task.named_task_uuid
            LEFT JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
            LEFT JOIN LATERAL (SELECT COALESCE(ws.inputs ->> '__template_step_name', ns.name) AS template_step) AS names ON true
            LEFT JOIN unnest($4, $5, $6) AS known (id, updated_at, steps)
                ON known.id = nt.named_task_uuid AND known.updated_at = nt.updated_at
                AND {StoredTemplate.IsIn("names.template_step", "known.steps")}
        ),
        ready AS MATERIALIZED (
            SELECT first.*, ($9)[row_number() OVER ()] AS claim_uuid
            FROM (
                SELECT * FROM (
                    SELECT DISTINCT ON (step_uuid) * FROM candidate
                    WHERE state = 'enqueued' AND runnable AND problem IS NULL
                    ORDER BY step_uuid, msg_id) AS one
                ORDER BY msg_id LIMIT $7) AS first
        ),
        held AS MATERIALIZED (
            SELECT r.*, t.workflow_step_transition_uuid, t.sort_key
            FROM ready r JOIN tasker.workflow_step_transitions t ON t.workflow_step_uuid = r.step_uuid
            WHERE t.most_recent AND t.to_state = 'enqueued'
            FOR UPDATE OF t SKIP LOCKED
        ),
        flipped AS (
            UPDATE tasker.workflow_step_transitions t SET most_recent = false, updated_at = now() AT TIME ZONE 'UTC'
            FROM held h WHERE t.workflow_step_transition_uuid = h.workflow_step_transition_uuid
            RETURNING h.*
        ),
        claimed AS (
            INSERT INTO tasker.workflow_step_transitions (
                workflow_step_transition_uuid, workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT f.claim_uuid, f.step_uuid, 'in_progress', 'enqueued', $8, f.sort_key + 1, true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM flipped f
        ),
        flagged AS (
            UPDATE tasker.workflow_steps ws SET in_process = true, attempts = COALESCE(ws.attempts, 0) + 1,
                last_attempted_at = now() AT TIME ZONE 'UTC', updated_at = now() AT TIME ZONE 'UTC'
            FROM flipped f WHERE ws.workflow_step_uuid = f.step_uuid
            RETURNING f.*, ws.attempts - 1 AS made, ws.max_attempts, ws.inputs, ws.checkpoint,
                CASE WHEN ws.attempts > 1 THEN CASE WHEN jsonb_typeof(ws.results) = 'object' THEN ws.results - 'result' END END AS previous
        ),
        {(archive ? Archived(mayBeStale) : "")}
        ancestor (step_uuid, ancestor_uuid) AS (
            SELECT f.step_uuid, e.from_step_uuid
            FROM flipped f
            CROSS JOIN LATERAL (SELECT from_step_uuid FROM tasker.workflow_step_edges WHERE to_step_uuid = f.step_uuid OFFSET 0) AS e
            UNION
            SELECT a.step_uuid, e.from_step_uuid
            FROM ancestor a
            CROSS JOIN LATERAL (SELECT from_step_uuid FROM tasker.workflow_step_edges WHERE to_step_uuid = a.ancestor_uuid OFFSET 0) AS e
        )
        SELECT 1 AS kind, f.step_uuid, f.claim_uuid, f.task_uuid, f.named_task_uuid, f.correlation_id,
            f.step_name::text, f.template_step, f.made, f.max_attempts,
            f.context, f.inputs, f.checkpoint, f.previous::text, NULL::bigint, f.parent_correlation_id,
            f.attempts, f.last_attempted_at, f.updated_at
        FROM flagged f
        UNION ALL
        SELECT 2, a.step_uuid, NULL, NULL, NULL, NULL,
            ns.name::text, COALESCE(ws.inputs ->> '__template_step_name', ns.name), NULL, NULL,
            ws.results -> 'result', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL
        FROM (SELECT * FROM ancestor ORDER BY ancestor_uuid) a
        CROSS JOIN LATERAL (
            SELECT * FROM tasker.workflow_steps
            WHERE workflow_step_uuid = a.ancestor_uuid AND processed AND results IS NOT NULL OFFSET 0) AS ws
        JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
        UNION ALL
        SELECT 0, m.step_uuid, NULL, NULL, m.named_task_uuid, NULL,
            CASE
                WHEN NOT m.exists OR m.state <> 'enqueued' THEN {(mayBeStale ? $"'{UnclaimedMessage.NoStep}'" : $"'{UnclaimedMessage.LookAgain}'")}
                WHEN m.problem IS NULL AND NOT m.runnable THEN '{UnclaimedMessage.UnknownTemplate}'
                ELSE m.problem
            END,
            m.template_step, NULL, NULL, NULL, NULL, NULL, m.queue, m.msg_id, NULL, NULL, NULL, NULL
        FROM candidate m
        WHERE {(mayBeStale ? "(NOT m.exists OR m.state = 'enqueued') AND " : "")}(m.step_uuid = ANY (ARRAY(SELECT step_uuid FROM flipped))) IS NOT TRUE
        {(archive ? ArchivedRows : "")}
        """;

    /// <summary>A time that PostgreSQL holds and .NET does not.</summary>
    public static string OutOfRange(string time) => $"{time} NOT BETWEEN '0001-01-01' AND '9999-12-31' AND isfinite({time})";

    /// <summary>
    /// The messages of claimed steps, and those that are out of date: a message is sent after its step was enqueued, so a step in any other state has been
    /// claimed, finished or reset since, and a new attempt will have a new message (§4.4).
    /// </summary>
    private static string Archived(bool mayBeStale) => $"""
        done AS MATERIALIZED (
            SELECT m.queue, array_agg(m.msg_id ORDER BY m.msg_id) AS ids FROM candidate m
            WHERE m.step_uuid = ANY (ARRAY(SELECT step_uuid FROM flipped))
                {(mayBeStale ? "OR (m.exists AND m.state <> 'enqueued')" : "")}
            GROUP BY m.queue
        ),
        """;

    /// <summary>A function is only called where its result is asked for; the condition then drops the rows.</summary>
    private const string ArchivedRows = """
        UNION ALL
        SELECT 3, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, d.queue, pgmq.archive(d.queue, d.ids), NULL, NULL, NULL, NULL
        FROM done d
        """;
}
