using System.Globalization;
using Microsoft.Data.Sqlite;

namespace Tasker.Embedded.Storage;

/// <summary>
/// The tables of a <c>tasker.db</c>, versioned: <c>user_version</c> counts the migrations a file has had, <c>application_id</c> says that it is one
/// of ours. Migrations only ever go forward.
/// </summary>
internal static class SqliteSchema
{
    /// <summary>"Tskr" in ASCII.</summary>
    internal const int ApplicationId = 0x54736B72;

    /// <summary>A file at version n has had the first n of these.</summary>
    private static readonly string[] Migrations =
    [
        """
        -- The steps that tasks of a template begin with: a JSON array of {"name", "template_step", "type", "max_attempts", "dependencies"}.
        CREATE TABLE plans (
            plan_no INTEGER PRIMARY KEY,
            steps TEXT NOT NULL
        );

        CREATE TABLE tasks (
            task_no INTEGER PRIMARY KEY,
            task_id TEXT NOT NULL UNIQUE,
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            state TEXT NOT NULL,
            context TEXT NOT NULL,
            correlation_id TEXT NOT NULL,
            parent_correlation_id TEXT,
            initiator TEXT NOT NULL,
            source_system TEXT NOT NULL,
            reason TEXT NOT NULL,
            priority INTEGER NOT NULL,
            created_at TEXT NOT NULL,
            completed_at TEXT,
            plan_no INTEGER NOT NULL REFERENCES plans
        );

        -- Finished tasks are the many and leave this index.
        CREATE INDEX tasks_unfinished ON tasks (task_no)
            WHERE state NOT IN ('complete', 'error', 'cancelled', 'resolved_manually');

        -- A step has a row from its first outcome on; before, the task's plan tells that it exists. Dynamic steps have one from their creation on.
        CREATE TABLE steps (
            task_no INTEGER NOT NULL REFERENCES tasks,
            step_no INTEGER NOT NULL,
            step_id TEXT NOT NULL,
            name TEXT NOT NULL,
            template_step TEXT NOT NULL,
            type TEXT NOT NULL,
            state TEXT NOT NULL,
            attempts INTEGER NOT NULL,
            max_attempts INTEGER NOT NULL,
            dependencies TEXT NOT NULL,
            inputs TEXT,
            result TEXT,
            failure TEXT,
            checkpoint TEXT,
            next_attempt_at TEXT,
            completed_at TEXT,
            updated_at TEXT NOT NULL,
            PRIMARY KEY (task_no, step_no)
        ) WITHOUT ROWID;

        -- One row: the attempts in progress, as a JSON array of [task_no, step_no, attempt].
        CREATE TABLE running (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            attempts TEXT NOT NULL,
            updated_at TEXT NOT NULL
        );

        INSERT INTO running VALUES (1, '[]', strftime('%Y-%m-%dT%H:%M:%fZ', 'now'));

        CREATE VIEW steps_overview AS
        WITH
            in_progress (task_no, step_no, attempt) AS (
                SELECT value ->> 0, value ->> 1, value ->> 2 FROM running, json_each(attempts)
            ),
            known (task_no, step_no, name, template_step, type, state, attempts, max_attempts, dependencies, result, failure, next_attempt_at, completed_at) AS (
                SELECT task_no, step_no, name, template_step, type, state, attempts, max_attempts, dependencies, result, failure, next_attempt_at, completed_at
                FROM steps
                UNION ALL
                SELECT t.task_no, p.key, p.value ->> 'name', p.value ->> 'template_step', p.value ->> 'type', 'pending', 0, p.value ->> 'max_attempts',
                    p.value -> 'dependencies', NULL, NULL, NULL, NULL
                FROM tasks t JOIN plans USING (plan_no) JOIN json_each(plans.steps) p
                WHERE NOT EXISTS (SELECT 1 FROM steps s WHERE s.task_no = t.task_no AND s.step_no = p.key)
            )
        SELECT
            t.task_id,
            t.name AS task,
            k.step_no,
            k.name AS step,
            k.type,
            CASE WHEN r.attempt IS NULL THEN k.state ELSE 'in_progress' END AS state,
            coalesce(r.attempt, k.attempts) AS attempts,
            k.max_attempts,
            k.dependencies,
            k.result,
            k.failure ->> 'message' AS failure,
            k.next_attempt_at,
            k.completed_at
        FROM known k
        JOIN tasks t USING (task_no)
        LEFT JOIN in_progress r ON r.task_no = k.task_no AND r.step_no = k.step_no;

        CREATE VIEW tasks_overview AS
        SELECT
            t.task_id,
            t.namespace,
            t.name,
            t.version,
            t.state,
            (SELECT count(*) FROM steps s WHERE s.task_no = t.task_no AND s.state IN ('complete', 'resolved_manually')) AS steps_complete,
            (SELECT count(*) FROM steps s WHERE s.task_no = t.task_no AND s.state = 'error') AS steps_failed,
            (SELECT s.name || ': ' || (s.failure ->> 'message') FROM steps s WHERE s.task_no = t.task_no AND s.state = 'error' LIMIT 1) AS first_failure,
            t.created_at,
            t.completed_at
        FROM tasks t;
        """,
        """
        -- What the process before had in progress is known from the one row that lists it.
        INSERT INTO steps (task_no, step_no, step_id, name, template_step, type, state, attempts, max_attempts, dependencies, updated_at)
        SELECT t.task_no, p.key, '', p.value ->> 'name', p.value ->> 'template_step', p.value ->> 'type', 'pending', 0, p.value ->> 'max_attempts',
            p.value -> 'dependencies', ''
        FROM running, json_each(running.attempts) r
        JOIN tasks t ON t.task_no = r.value ->> 0
        JOIN plans USING (plan_no)
        JOIN json_each(plans.steps) p ON p.key = r.value ->> 1
        WHERE true
        ON CONFLICT DO NOTHING;

        UPDATE steps SET state = 'in_progress', attempts = r.value ->> 2, next_attempt_at = NULL
        FROM running, json_each(running.attempts) r
        WHERE steps.task_no = r.value ->> 0 AND steps.step_no = r.value ->> 1;

        DROP VIEW steps_overview;
        DROP VIEW tasks_overview;
        DROP TABLE running;
        DROP INDEX tasks_unfinished;

        -- What the rows of unfinished tasks do not say yet. A commit adds one row; rows that are said elsewhere are deleted.
        -- tasks: new tasks and new states of tasks. steps: steps with their present state. running: all attempts in progress, as [task_no, step_no, attempt].
        CREATE TABLE log (
            log_no INTEGER PRIMARY KEY AUTOINCREMENT,
            written_at TEXT NOT NULL,
            tasks TEXT,
            steps TEXT,
            running TEXT
        );

        ALTER TABLE tasks ADD COLUMN tags TEXT;
        ALTER TABLE tasks ADD COLUMN identity_hash TEXT;

        -- A JSON array of {"at", "from", "to", "reason", "by"}: what the present state does not tell.
        ALTER TABLE tasks ADD COLUMN journal TEXT;

        ALTER TABLE tasks ADD COLUMN steps_total INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN steps_done INTEGER NOT NULL DEFAULT 0;
        ALTER TABLE tasks ADD COLUMN steps_failed INTEGER NOT NULL DEFAULT 0;

        -- The row says what the log said up to and including this row of it.
        ALTER TABLE tasks ADD COLUMN log_no INTEGER NOT NULL DEFAULT 0;

        -- A JSON array, in order of creation: {"state", "attempts", "result", "failure", "checkpoint", "next_attempt_at", "started_at", "completed_at", "journal"},
        -- and, of a step that the task did not begin with, {"name", "template_step", "type", "max_attempts", "dependencies", "inputs"}.
        ALTER TABLE tasks ADD COLUMN steps TEXT NOT NULL DEFAULT '[]';

        UPDATE tasks SET
            steps = (
                SELECT json_group_array(json(doc)) FROM (
                    SELECT p.key AS step_no, coalesce((
                        SELECT json_object('state', s.state, 'attempts', s.attempts, 'result', json(s.result), 'failure', json(s.failure),
                            'checkpoint', json(s.checkpoint), 'next_attempt_at', s.next_attempt_at, 'completed_at', s.completed_at)
                        FROM steps s WHERE s.task_no = tasks.task_no AND s.step_no = p.key), '{"state":"pending"}') AS doc
                    FROM plans, json_each(plans.steps) p WHERE plans.plan_no = tasks.plan_no
                    UNION ALL
                    SELECT s.step_no, json_object('name', s.name, 'template_step', s.template_step, 'type', s.type, 'max_attempts', s.max_attempts,
                            'dependencies', json(s.dependencies), 'inputs', json(s.inputs), 'state', s.state, 'attempts', s.attempts, 'result', json(s.result),
                            'failure', json(s.failure), 'checkpoint', json(s.checkpoint), 'next_attempt_at', s.next_attempt_at, 'completed_at', s.completed_at)
                    FROM steps s
                    WHERE s.task_no = tasks.task_no AND s.step_no >= (SELECT json_array_length(plans.steps) FROM plans WHERE plans.plan_no = tasks.plan_no)
                    ORDER BY step_no)),
            steps_done = (SELECT count(*) FROM steps s WHERE s.task_no = tasks.task_no AND s.state IN ('complete', 'resolved_manually')),
            steps_failed = (SELECT count(*) FROM steps s WHERE s.task_no = tasks.task_no AND s.state = 'error');
        UPDATE tasks SET steps_total = json_array_length(steps);
        DROP TABLE steps;

        -- Of these there are few: most tasks are finished when their row is written, and blocked ones go on only when somebody mends them.
        CREATE INDEX tasks_unfinished ON tasks (task_no)
            WHERE state NOT IN ('complete', 'error', 'cancelled', 'resolved_manually', 'blocked_by_failures');
        CREATE UNIQUE INDEX tasks_identity ON tasks (identity_hash) WHERE identity_hash IS NOT NULL;

        CREATE TABLE dead_letters (
            entry_id TEXT PRIMARY KEY,
            task_id TEXT NOT NULL,
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            version TEXT NOT NULL,
            original_state TEXT NOT NULL,
            reason TEXT NOT NULL,
            detail TEXT,
            created_at TEXT NOT NULL,
            status TEXT NOT NULL,
            resolved_at TEXT,
            resolved_by TEXT,
            notes TEXT
        ) WITHOUT ROWID;

        CREATE INDEX dead_letters_of_task ON dead_letters (task_id);

        CREATE VIEW steps_overview AS
        SELECT
            t.task_id,
            t.name AS task,
            s.key AS step_no,
            coalesce(s.value ->> 'name', p.value ->> 'name') AS step,
            coalesce(s.value ->> 'type', p.value ->> 'type') AS type,
            s.value ->> 'state' AS state,
            coalesce(s.value ->> 'attempts', 0) AS attempts,
            coalesce(s.value ->> 'max_attempts', p.value ->> 'max_attempts') AS max_attempts,
            coalesce(s.value -> 'dependencies', p.value -> 'dependencies') AS dependencies,
            s.value -> 'inputs' AS inputs,
            s.value -> 'result' AS result,
            s.value -> 'checkpoint' AS checkpoint,
            s.value ->> '$.failure.message' AS failure,
            s.value ->> 'next_attempt_at' AS next_attempt_at,
            s.value ->> 'started_at' AS started_at,
            s.value ->> 'completed_at' AS completed_at
        FROM tasks t
        JOIN plans USING (plan_no)
        JOIN json_each(t.steps) s
        LEFT JOIN json_each(plans.steps) p ON p.key = s.key;

        CREATE VIEW tasks_overview AS
        SELECT
            t.task_id,
            t.namespace,
            t.name,
            t.version,
            t.state,
            t.steps_total,
            t.steps_done AS steps_complete,
            t.steps_failed,
            (SELECT s.step || ': ' || s.failure FROM steps_overview s WHERE s.task_id = t.task_id AND s.state = 'error' ORDER BY s.step_no LIMIT 1) AS first_failure,
            t.created_at,
            t.completed_at
        FROM tasks t;
        """,
        """
        -- Durable domain events that have not reached all their subscribers. failure, metadata: JSON objects.
        CREATE TABLE outbox (
            event_no INTEGER PRIMARY KEY,
            event_id TEXT NOT NULL,
            name TEXT NOT NULL,
            task_id TEXT NOT NULL,
            step_no INTEGER NOT NULL,
            step TEXT NOT NULL,
            attempt INTEGER NOT NULL,
            payload TEXT NOT NULL,
            failure TEXT,
            metadata TEXT,
            duration_ms INTEGER NOT NULL,
            fired_at TEXT NOT NULL,
            fired_by TEXT NOT NULL
        );

        CREATE INDEX outbox_of_task ON outbox (task_id);
        """,
        """
        -- A condition on a list of states costs each written task as much as the rest of its row.
        DROP INDEX tasks_unfinished;
        CREATE INDEX tasks_unfinished ON tasks (task_no) WHERE completed_at IS NULL;
        """,
        """
        -- Steps have "started" and "completed", in ticks of 100 ns since their task's creation, instead of "started_at" and "completed_at".
        -- The log lists steps as [task_no, step_no, step], and new tasks that began alike together: their common members and, as "new", an array of
        -- [task_no, task_id, correlation_id, context, identity_hash]. Its newest row stays, so that numbers go on from it: AUTOINCREMENT writes another
        -- page with each row.
        ALTER TABLE log RENAME TO old_log;
        CREATE TABLE log (
            log_no INTEGER PRIMARY KEY,
            written_at TEXT NOT NULL,
            tasks TEXT,
            steps TEXT,
            running TEXT
        );

        INSERT INTO log SELECT log_no, written_at, tasks, steps, running FROM old_log;
        INSERT INTO log (log_no, written_at)
        SELECT max(coalesce((SELECT max(seq) FROM sqlite_sequence), 0), coalesce((SELECT max(log_no) FROM tasks), 0)) + 1, strftime('%Y-%m-%dT%H:%M:%fZ', 'now');
        DROP TABLE old_log;

        DROP VIEW tasks_overview;
        DROP VIEW steps_overview;

        CREATE VIEW steps_overview AS
        SELECT
            t.task_id,
            t.name AS task,
            s.key AS step_no,
            coalesce(s.value ->> 'name', p.value ->> 'name') AS step,
            coalesce(s.value ->> 'type', p.value ->> 'type') AS type,
            s.value ->> 'state' AS state,
            coalesce(s.value ->> 'attempts', 0) AS attempts,
            coalesce(s.value ->> 'max_attempts', p.value ->> 'max_attempts') AS max_attempts,
            coalesce(s.value -> 'dependencies', p.value -> 'dependencies') AS dependencies,
            s.value -> 'inputs' AS inputs,
            s.value -> 'result' AS result,
            s.value -> 'checkpoint' AS checkpoint,
            s.value ->> '$.failure.message' AS failure,
            s.value ->> 'next_attempt_at' AS next_attempt_at,
            coalesce(s.value ->> 'started_at', strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at, printf('%+.7f seconds', (s.value ->> 'started') / 1e7))) AS started_at,
            coalesce(s.value ->> 'completed_at', strftime('%Y-%m-%dT%H:%M:%fZ', t.created_at, printf('%+.7f seconds', (s.value ->> 'completed') / 1e7))) AS completed_at
        FROM tasks t
        JOIN plans USING (plan_no)
        JOIN json_each(t.steps) s
        LEFT JOIN json_each(plans.steps) p ON p.key = s.key;

        CREATE VIEW tasks_overview AS
        SELECT
            t.task_id,
            t.namespace,
            t.name,
            t.version,
            t.state,
            t.steps_total,
            t.steps_done AS steps_complete,
            t.steps_failed,
            (SELECT s.step || ': ' || s.failure FROM steps_overview s WHERE s.task_id = t.task_id AND s.state = 'error' ORDER BY s.step_no LIMIT 1) AS first_failure,
            t.created_at,
            t.completed_at
        FROM tasks t;
        """,
    ];

    /// <summary>The version that files have after <see cref="Migrate"/>.</summary>
    internal static int CurrentVersion => Migrations.Length;

    /// <summary>Refuses a file that the engine must not touch. Changes nothing.</summary>
    /// <param name="connection">The open file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <returns>The version that it has.</returns>
    /// <exception cref="TaskStoreException">The file is of another program, or of a newer version.</exception>
    public static long Check(SqliteConnection connection, string file)
    {
        var (application, version, objects) = Identify(connection);
        if (application != ApplicationId && (application != 0 || version != 0 || objects != 0))
        {
            throw new TaskStoreException(
                $"The file '{file}' is a SQLite database of another program, not one of Tasker's. Give the engine a file of its own.");
        }

        if (version > Migrations.Length)
        {
            throw new TaskStoreException(
                $"The file '{file}' was written by a newer version of Tasker (its schema is {version}, this one knows {Migrations.Length}). " +
                "Use that version or a newer one, or give the engine another file.");
        }

        return version;
    }

    /// <summary>Brings a file up to date.</summary>
    /// <param name="connection">The open file.</param>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="upTo">At which version to stop; the current one when not given.</param>
    /// <exception cref="TaskStoreException">The file is of another program, or of a newer version.</exception>
    public static void Migrate(SqliteConnection connection, string file, int? upTo = null)
    {
        var version = Check(connection, file);
        for (; version < (upTo ?? Migrations.Length); version++)
        {
            using var transaction = connection.BeginTransaction();
            Execute(connection, transaction, Migrations[version]);
            Execute(connection, transaction, string.Create(
                CultureInfo.InvariantCulture,
                $"PRAGMA application_id = {ApplicationId}; PRAGMA user_version = {version + 1}"));
            transaction.Commit();
        }
    }

    /// <summary>In one statement, and so as of one moment: another engine may be making the file just now.</summary>
    private static (long Application, long Version, long Objects) Identify(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_schema) FROM pragma_application_id, pragma_user_version";
        using var reader = command.ExecuteReader();
        reader.Read();
        return (reader.GetInt64(0), reader.GetInt64(1), reader.GetInt64(2));
    }

    private static void Execute(SqliteConnection connection, SqliteTransaction transaction, string sql)
    {
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
