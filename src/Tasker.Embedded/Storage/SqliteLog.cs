using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Tasker.Embedded.Storage;

/// <summary>Moves what the log of an earlier process says to the rows of the tasks it is about.</summary>
internal static class SqliteLog
{
    /// <summary>Drops the log's rows up to one, but for the newest: numbers go on from it.</summary>
    public const string Drop = "DELETE FROM log WHERE log_no <= $through AND log_no < (SELECT max(log_no) FROM log)";

    /// <summary>Leaves of the newest row its number, when it is to be dropped, too.</summary>
    public const string Empty = "UPDATE log SET tasks = NULL, steps = NULL, running = NULL WHERE log_no <= $through";

    /// <summary>What the array of a new task has in its places; not every task has the last.</summary>
    private static readonly string[] NewTask = ["task_no", "task_id", "correlation_id", "context", "identity_hash"];

    /// <summary>What each new task has, besides its context.</summary>
    private static readonly string[] Texts =
        ["state", "task_id", "namespace", "name", "version", "correlation_id", "initiator", "source_system", "reason", "created_at"];

    private static readonly string[] Numbers = ["task_no", "priority", "plan_no"];

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
            catch (Exception exception) when (DamagedRowException.Explains(exception) || IsRefused(exception))
            {
                throw new DamagedRowException(DamagedRowException.Task(number) + ", or what table 'log' says about it", exception);
            }
        }

        using var drop = connection.CreateCommand();
        drop.Transaction = transaction;
        drop.CommandText = Drop + ";" + Empty;
        drop.Parameters.AddWithValue("$through", long.MaxValue);
        drop.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>Whether SQLite did not take something: malformed JSON, no value where one must be, or a plan that is not there.</summary>
    private static bool IsRefused(Exception exception) => exception is SqliteException { SqliteErrorCode: SQLITE_ERROR or SQLITE_CONSTRAINT or SQLITE_MISMATCH };

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
            foreach (var header in Items(reader, 1).SelectMany(Headers))
                Task(header["task_no"]!).Headers.Add((number, header));
            foreach (var step in Items(reader, 2).Select(Step))
                Task(step.Task).Steps.Add((number, step.Index, step.Json));
            if (!reader.IsDBNull(3))
                (running, runningSince) = (reader.GetString(3), number);
        }

        row = runningSince;
        foreach (var attempt in Parse(running).AsArray())
            Task(attempt![0]!).Running.Add((runningSince, attempt[1]!.GetValue<int>(), attempt[2]!.GetValue<int>()));

        return tasks;

        LoggedTask Task(JsonNode taskNumber)
        {
            var number = taskNumber.GetValue<long>();
            if (!tasks.TryGetValue(number, out var task))
                tasks.Add(number, task = new LoggedTask());
            return task;
        }
    }

    private static IEnumerable<JsonNode> Items(SqliteDataReader reader, int column) =>
        reader.IsDBNull(column) ? [] : Parse(reader.GetString(column)).AsArray().Select(static item => item!);

    private static JsonNode Parse(string json) => JsonNode.Parse(json, documentOptions: JsonText.Reading)!;

    /// <summary>A new state of a task as it is, and each of the new tasks that began alike.</summary>
    private static IEnumerable<JsonObject> Headers(JsonNode entry)
    {
        var shared = entry.AsObject();
        if (!shared.Remove("new", out var tasks))
        {
            yield return shared;
            yield break;
        }

        foreach (var task in tasks!.AsArray())
        {
            var header = shared.DeepClone().AsObject();
            var values = task!.AsArray();
            if (values.Count < NewTask.Length - 1 || values.Count > NewTask.Length)
                throw new FormatException($"A new task has {values.Count} values instead of {NewTask.Length - 1} or {NewTask.Length}.");
            foreach (var (value, name) in values.Zip(NewTask))
                header[name] = value?.DeepClone();
            yield return header;
        }
    }

    /// <summary>A step, also in the form that had its numbers among the rest.</summary>
    private static (JsonNode Task, int Index, JsonObject Json) Step(JsonNode entry)
    {
        if (entry is JsonArray)
            return (entry[0]!, entry[1]!.GetValue<int>(), entry[2]!.AsObject());
        var (task, index) = (entry["task_no"]!, entry["step_no"]!.GetValue<int>());
        entry.AsObject().Remove("task_no");
        entry.AsObject().Remove("step_no");
        return (task, index, entry.AsObject());
    }

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
            state = Value<string>(header, "state");
            journal = header["journal"]?.ToJsonString();
        }

        foreach (var (_, index, step) in task.Steps.Where(entry => entry.LogNo > through))
        {
            if (index < 0 || index >= steps.Count + task.Steps.Count)
                throw new FormatException($"There is no step number {index}.");
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
        // SQLite would take a number for a text, and a text for zero.
        foreach (var name in Texts)
            Value<string>(header, name);
        foreach (var name in Numbers)
            Value<long>(header, name);
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

    private static T Value<T>(JsonObject header, string name)
    {
        var value = header[name] ?? throw new FormatException($"'{name}' is missing.");
        if (value is JsonValue single && single.TryGetValue<T>(out var found))
            return found;
        throw new FormatException($"'{name}' is {value.ToJsonString()}, which is not a {(typeof(T) == typeof(string) ? "text" : "whole number")}.");
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

        public List<(long LogNo, int Step, JsonObject Entry)> Steps { get; } = [];

        public List<(long LogNo, int Step, int Attempt)> Running { get; } = [];
    }
}
