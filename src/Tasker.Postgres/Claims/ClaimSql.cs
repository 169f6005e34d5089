using System.Globalization;

namespace Tasker.Postgres.Claims;

/// <summary>
/// The claim, in one statement (protocol sheet §4.2, §14.2): compare-and-set on the latest transition, the new transition, flags and attempts, archiving of
/// the messages, and all that the handlers read. Losing a race is a row that says so, never an error.
/// </summary>
/// <remarks>
/// Parameters: $1-$3 the messages, or queues, seconds of invisibility and count to read; $4-$6 the known templates; $7 how many steps at most; $8 the
/// metadata of the transition. A result row is a claimed step (kind 1), one of its ancestors (kind 2), or a message that was not claimed (kind 0).
/// The insert reads what the flip returns, so that the unique index over the latest transitions is free before it is used again. Locked rows are
/// skipped: another worker is claiming them. <c>OFFSET 0</c> makes the planner look up row by row by key, also while its figures still say that the
/// tables are all but empty. Handlers get the attempts made before this one (§5.1). The last part reads tables as they were before the statement, which is
/// where the columns of the unclaimed step come from that domain events tell of.
/// </remarks>
internal static class ClaimSql
{
    /// <summary>So many steps are claimed in one statement at most; the planner takes it as a hint, too.</summary>
    public const int MaxSteps = 64;

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
                CASE WHEN r.message ->> 'step_uuid' ~* '^[0-9a-f]{Eight}(-[0-9a-f]{Four}){Three}-[0-9a-f]{Twelve}$'
                    THEN (r.message ->> 'step_uuid')::uuid END AS step_uuid
            FROM unnest($1) AS q (queue) CROSS JOIN LATERAL (SELECT * FROM pgmq.read(q.queue, $2, $3) LIMIT {MaxSteps}) AS r
        ),
        {Claim(archive: true, mayBeStale: false)}
        """);

    // Quantifiers of a regular expression, kept out of the interpolation.
    private const string Three = "{3}";
    private const string Four = "{4}";
    private const string Eight = "{8}";
    private const string Twelve = "{12}";

    private static string Claim(bool archive, bool mayBeStale) => $"""
        candidate AS MATERIALIZED (
            SELECT m.queue, m.msg_id, m.step_uuid, ws.workflow_step_uuid IS NOT NULL AS exists, COALESCE(t.to_state, 'pending') AS state,
                nt.named_task_uuid, names.template_step, known.id IS NOT NULL AS runnable,
                CASE
                    WHEN COALESCE(jsonb_typeof(task.context), 'null') <> 'object' THEN 'tasks.context is not an object'
                    WHEN jsonb_typeof(ws.inputs) NOT IN ('object', 'null') THEN 'workflow_steps.inputs is not an object'
                    WHEN jsonb_typeof(ws.checkpoint) NOT IN ('object', 'null') THEN 'workflow_steps.checkpoint is not an object'
                    WHEN ws.attempts NOT BETWEEN 0 AND 1000000000 THEN 'workflow_steps.attempts is out of range'
                END AS problem
            FROM message m
            LEFT JOIN LATERAL (SELECT * FROM tasker.workflow_steps WHERE workflow_step_uuid = m.step_uuid OFFSET 0) AS ws ON true
            LEFT JOIN LATERAL (
                SELECT to_state FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = ws.workflow_step_uuid AND most_recent OFFSET 0) AS t ON true
            LEFT JOIN LATERAL (SELECT named_task_uuid, context FROM tasker.tasks WHERE task_uuid = ws.task_uuid OFFSET 0) AS task ON true
            LEFT JOIN tasker.named_tasks nt ON nt.named_task_uuid = task.named_task_uuid
            LEFT JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
            LEFT JOIN LATERAL (SELECT COALESCE(ws.inputs ->> '__template_step_name', ns.name) AS template_step) AS names ON true
            LEFT JOIN unnest($4, $5, $6) AS known (id, updated_at, steps)
                ON known.id = nt.named_task_uuid AND known.updated_at = nt.updated_at
                AND position(E'\n' || names.template_step || E'\n' IN known.steps) > 0
        ),
        ready AS MATERIALIZED (
            SELECT step_uuid FROM candidate
            WHERE state = 'enqueued' AND runnable AND problem IS NULL
            GROUP BY step_uuid ORDER BY min(msg_id) LIMIT $7
        ),
        held AS MATERIALIZED (
            SELECT t.workflow_step_transition_uuid, t.workflow_step_uuid
            FROM tasker.workflow_step_transitions t JOIN ready r ON r.step_uuid = t.workflow_step_uuid
            WHERE t.most_recent AND t.to_state = 'enqueued'
            FOR UPDATE OF t SKIP LOCKED
        ),
        flipped AS (
            UPDATE tasker.workflow_step_transitions t SET most_recent = false, updated_at = now() AT TIME ZONE 'UTC'
            FROM held h WHERE t.workflow_step_transition_uuid = h.workflow_step_transition_uuid
            RETURNING t.workflow_step_uuid, t.sort_key
        ),
        claimed AS (
            INSERT INTO tasker.workflow_step_transitions (
                workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
            SELECT f.workflow_step_uuid, 'in_progress', 'enqueued', $8, f.sort_key + 1, true, now() AT TIME ZONE 'UTC', now() AT TIME ZONE 'UTC'
            FROM flipped f
            RETURNING workflow_step_uuid, workflow_step_transition_uuid
        ),
        flagged AS (
            UPDATE tasker.workflow_steps ws SET in_process = true, attempts = COALESCE(ws.attempts, 0) + 1,
                last_attempted_at = now() AT TIME ZONE 'UTC', updated_at = now() AT TIME ZONE 'UTC'
            FROM claimed c WHERE ws.workflow_step_uuid = c.workflow_step_uuid
            RETURNING ws.workflow_step_uuid, c.workflow_step_transition_uuid, ws.task_uuid, ws.named_step_uuid, ws.attempts, ws.max_attempts,
                ws.inputs, ws.checkpoint, CASE WHEN ws.attempts > 1 THEN CASE WHEN jsonb_typeof(ws.results) = 'object' THEN ws.results - 'result' END END AS previous
        ),
        {(archive ? Archived(mayBeStale) : "")}
        ancestor (step_uuid, ancestor_uuid) AS (
            SELECT c.workflow_step_uuid, e.from_step_uuid
            FROM claimed c
            CROSS JOIN LATERAL (SELECT from_step_uuid FROM tasker.workflow_step_edges WHERE to_step_uuid = c.workflow_step_uuid OFFSET 0) AS e
            UNION
            SELECT a.step_uuid, e.from_step_uuid
            FROM ancestor a
            CROSS JOIN LATERAL (SELECT from_step_uuid FROM tasker.workflow_step_edges WHERE to_step_uuid = a.ancestor_uuid OFFSET 0) AS e
        )
        SELECT 1 AS kind, f.workflow_step_uuid, f.workflow_step_transition_uuid, f.task_uuid, task.named_task_uuid, task.correlation_id,
            ns.name::text, COALESCE(f.inputs ->> '__template_step_name', ns.name), f.attempts - 1, f.max_attempts,
            task.context, f.inputs, f.checkpoint, f.previous::text, NULL::bigint, task.parent_correlation_id,
            before.attempts, before.last_attempted_at, before.updated_at
        FROM flagged f
        CROSS JOIN LATERAL (
            SELECT attempts, last_attempted_at, updated_at FROM tasker.workflow_steps WHERE workflow_step_uuid = f.workflow_step_uuid OFFSET 0) AS before
        CROSS JOIN LATERAL (
            SELECT named_task_uuid, correlation_id, parent_correlation_id, context FROM tasker.tasks WHERE task_uuid = f.task_uuid OFFSET 0) AS task
        JOIN tasker.named_steps ns ON ns.named_step_uuid = f.named_step_uuid
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
        WHERE {(mayBeStale ? "(NOT m.exists OR m.state = 'enqueued') AND " : "")}(m.step_uuid = ANY (ARRAY(SELECT workflow_step_uuid FROM claimed))) IS NOT TRUE
        {(archive ? ArchivedRows : "")}
        """;

    /// <summary>
    /// The messages of claimed steps, and those that are out of date: a message is sent after its step was enqueued, so a step in any other state has been
    /// claimed, finished or reset since, and a new attempt will have a new message (§4.4).
    /// </summary>
    private static string Archived(bool mayBeStale) => $"""
        done AS MATERIALIZED (
            SELECT m.queue, array_agg(m.msg_id ORDER BY m.msg_id) AS ids FROM candidate m
            WHERE m.step_uuid = ANY (ARRAY(SELECT workflow_step_uuid FROM claimed))
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
