using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Tasker.Embedded.Storage;

/// <summary>Moves what the log of an earlier process says to the rows of the tasks it is about.</summary>
internal static class SqliteLog
{
    private const string Pending = """{"state":"pending"}""";

    /// <exception cref="DamagedRowException">The log is not what Tasker writes, or is about a task that the file does not have.</exception>
    public static void Settle(SqliteConnection connection)
    {
        using var transaction = connection.BeginTransaction();
        foreach (var (number, task) in ReadLog(connection, transaction))
        {
            try
            {
                Write(connection, transaction, number, task);
            }
            catch (Exception exception) when (DamagedRowException.Explains(exception))
            {
                throw new DamagedRowException(DamagedRowException.Task(number) + ", or what table 'log' says about it", exception);
            }
        }

        using var drop = connection.CreateCommand();
        drop.Transaction = transaction;
        drop.CommandText = "DELETE FROM log";
        drop.ExecuteNonQuery();
        transaction.Commit();
    }

    private static SortedDictionary<long, LoggedTask> ReadLog(SqliteConnection connection, SqliteTransaction transaction)
    {
        var row = 0L;
        try
        {
            return ReadLog(connection, transaction, ref row);
        }
        catch (Exception exception) when (DamagedRowException.Explains(exception))
        {
            throw new DamagedRowException($"row log_no = {row} of table 'log'", exception);
        }
    }

    private static SortedDictionary<long, LoggedTask> ReadLog(SqliteConnection connection, SqliteTransaction transaction, ref long row)
    {
        var tasks = new SortedDictionary<long, LoggedTask>();
        var (running, runningSince) = ("[]", 0L);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = "SELECT log_no, tasks, steps, running FROM log ORDER BY log_no";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var number = row = reader.GetInt64(0);
            foreach (var entry in Items(reader, 1))
                Task(entry).Headers.Add((number, entry));
            foreach (var entry in Items(reader, 2))
                Task(entry).Steps.Add((number, entry));
            if (!reader.IsDBNull(3))
                (running, runningSince) = (reader.GetString(3), number);
        }

        foreach (var attempt in Parse(running).AsArray())
        {
            var number = attempt![0]!.GetValue<long>();
            if (!tasks.TryGetValue(number, out var task))
                tasks.Add(number, task = new LoggedTask());
            task.Running.Add((runningSince, attempt[1]!.GetValue<int>(), attempt[2]!.GetValue<int>()));
        }

        return tasks;

        LoggedTask Task(JsonObject entry)
        {
            var number = entry["task_no"]!.GetValue<long>();
            if (!tasks.TryGetValue(number, out var task))
                tasks.Add(number, task = new LoggedTask());
            return task;
        }
    }

    private static IEnumerable<JsonObject> Items(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? [] : Parse(reader.GetString(column)).AsArray().Select(item => item!.AsObject());

    private static JsonNode Parse(string json) => JsonNode.Parse(json, documentOptions: JsonText.Reading)!;

    private static void Write(SqliteConnection connection, SqliteTransaction transaction, long number, LoggedTask task)
    {
        if (task.Headers is [(_, var first), ..] && first.ContainsKey("task_id"))
            Insert(connection, transaction, first);

        using var find = connection.CreateCommand();
        find.Transaction = transaction;
        find.CommandText =
            "SELECT t.log_no, t.state, t.journal, t.steps, json_array_length(p.steps) FROM tasks t JOIN plans p USING (plan_no) WHERE t.task_no = $task_no";
        find.Parameters.AddWithValue("$task_no", number);
        using var reader = find.ExecuteReader();
        if (!reader.Read())
            throw new KeyNotFoundException($"The log names task {number}, which is not in the file.");

        var through = reader.GetInt64(0);
        var state = reader.GetString(1);
        var journal = reader.IsDBNull(2) ? null : reader.GetString(2);
        var steps = Parse(reader.GetString(3)).AsArray();
        while (steps.Count < reader.GetInt32(4))
            steps.Add(JsonNode.Parse(Pending));
        reader.Close();

        // Only tasks that go on are in the log; one of them may have been given up before.
        var goesOn = false;
        foreach (var (_, header) in task.Headers.Where(entry => entry.LogNo > through))
        {
            goesOn = true;
            state = header["state"]!.GetValue<string>();
            journal = header["journal"]?.ToJsonString();
        }

        foreach (var (_, step) in task.Steps.Where(entry => entry.LogNo > through))
        {
            var index = step["step_no"]!.GetValue<int>();
            if (index >= steps.Count + task.Steps.Count)
                throw new FormatException($"There is no step number {index}.");
            step.Remove("task_no");
            step.Remove("step_no");
            while (steps.Count <= index)
                steps.Add(JsonNode.Parse(Pending));
            steps[index] = step.DeepClone();
        }

        foreach (var (_, index, attempt) in task.Running.Where(entry => entry.LogNo > through))
        {
            var step = steps[index]!.AsObject();
            step["state"] = StepState.InProgress.ToName();
            step["attempts"] = attempt;
            step.Remove("next_attempt_at");
        }

        Update(connection, transaction, number, state, goesOn, journal, steps);
    }

    private static void Insert(SqliteConnection connection, SqliteTransaction transaction, JsonObject header)
    {
        using var insert = connection.CreateCommand();
        insert.Transaction = transaction;
        insert.CommandText =
            """
            INSERT INTO tasks (task_no, task_id, namespace, name, version, state, context, correlation_id, parent_correlation_id, initiator, source_system,
                reason, priority, created_at, plan_no, tags, identity_hash)
            SELECT h ->> 'task_no', h ->> 'task_id', h ->> 'namespace', h ->> 'name', h ->> 'version', h ->> 'state', h -> 'context', h ->> 'correlation_id',
                h ->> 'parent_correlation_id', h ->> 'initiator', h ->> 'source_system', h ->> 'reason', h ->> 'priority', h ->> 'created_at', h ->> 'plan_no',
                h -> 'tags', h ->> 'identity_hash'
            FROM (SELECT $header AS h) WHERE true
            ON CONFLICT DO NOTHING
            """;
        insert.Parameters.AddWithValue("$header", header.ToJsonString());
        insert.ExecuteNonQuery();
    }

    private static void Update(SqliteConnection connection, SqliteTransaction transaction, long number, string state, bool goesOn, string? journal, JsonArray steps)
    {
        using var update = connection.CreateCommand();
        update.Transaction = transaction;
        update.CommandText =
            """
            UPDATE tasks SET
                state = $state,
                completed_at = iif($goes_on, NULL, completed_at),
                journal = $journal,
                steps = $steps,
                steps_total = json_array_length($steps),
                steps_done = (SELECT count(*) FROM json_each($steps) WHERE value ->> 'state' IN ('complete', 'resolved_manually')),
                steps_failed = (SELECT count(*) FROM json_each($steps) WHERE value ->> 'state' = 'error')
            WHERE task_no = $task_no
            """;
        update.Parameters.AddWithValue("$task_no", number);
        update.Parameters.AddWithValue("$state", state);
        update.Parameters.AddWithValue("$goes_on", goesOn);
        update.Parameters.AddWithValue("$journal", (object?)journal ?? DBNull.Value);
        update.Parameters.AddWithValue("$steps", steps.ToJsonString());
        update.ExecuteNonQuery();
    }

    /// <summary>What the log says about one task, in the order in which it happened.</summary>
    private sealed class LoggedTask
    {
        public List<(long LogNo, JsonObject Entry)> Headers { get; } = [];

        public List<(long LogNo, JsonObject Entry)> Steps { get; } = [];

        public List<(long LogNo, int Step, int Attempt)> Running { get; } = [];
    }
}
