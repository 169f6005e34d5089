using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Templates;

namespace Tasker.Embedded.Storage;

/// <summary>Reads tasks back. Each call uses the connection it is given and keeps nothing.</summary>
internal static class SqliteReader
{
    internal const string TaskColumns =
        "t.task_no, t.task_id, t.namespace, t.name, t.version, t.state, t.context, t.correlation_id, t.parent_correlation_id, t.initiator, " +
        "t.source_system, t.reason, t.priority, t.created_at, t.completed_at, t.plan_no, p.steps, t.tags, t.identity_hash, t.journal";

    /// <summary>Where the numbering goes on.</summary>
    public static SqliteNumbers ReadNumbers(SqliteConnection connection)
    {
        using var last = connection.CreateCommand();
        last.CommandText = "SELECT coalesce(max(task_no), 0) FROM tasks";
        var plans = new Dictionary<string, long>(StringComparer.Ordinal);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT plan_no, steps FROM plans";
        using var reader = command.ExecuteReader();
        while (reader.Read())
            plans[reader.GetString(1)] = reader.GetInt64(0);
        return new SqliteNumbers((long)last.ExecuteScalar()!, plans);
    }

    /// <summary>Moves what the last process had in progress from the one row that lists it to the steps themselves.</summary>
    public static void SettleRunning(SqliteConnection connection, DateTimeOffset now)
    {
        using var transaction = connection.BeginTransaction();
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText =
            """
            INSERT INTO steps (task_no, step_no, step_id, name, template_step, type, state, attempts, max_attempts, dependencies, updated_at)
            SELECT t.task_no, p.key, substr(t.task_id, 1, 28) || printf('%08x', p.key + 1), p.value ->> 'name', p.value ->> 'template_step',
                p.value ->> 'type', 'pending', 0, p.value ->> 'max_attempts', p.value -> 'dependencies', $now
            FROM running, json_each(running.attempts) r
            JOIN tasks t ON t.task_no = r.value ->> 0
            JOIN plans USING (plan_no)
            JOIN json_each(plans.steps) p ON p.key = r.value ->> 1
            WHERE true
            ON CONFLICT DO NOTHING;

            UPDATE steps SET state = 'in_progress', attempts = r.value ->> 2, next_attempt_at = NULL, updated_at = $now
            FROM running, json_each(running.attempts) r
            WHERE steps.task_no = r.value ->> 0 AND steps.step_no = r.value ->> 1;

            UPDATE running SET attempts = '[]', updated_at = $now WHERE attempts <> '[]';
            """;
        var text = new byte[StoredTime.Length];
        StoredTime.Format(now, text);
        command.Parameters.AddWithValue("$now", Encoding.UTF8.GetString(text));
        command.ExecuteNonQuery();
        transaction.Commit();
    }

    /// <summary>All tasks that go on by themselves, in order of their creation.</summary>
    public static List<StoredTask> ReadUnfinished(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT {TaskColumns} FROM tasks t INDEXED BY tasks_unfinished JOIN plans p USING (plan_no) " +
            "WHERE t.state NOT IN ('complete', 'error', 'cancelled', 'resolved_manually', 'blocked_by_failures') ORDER BY t.task_no";
        var tasks = new List<StoredTask>();
        var plans = new Dictionary<long, PlannedStep[]>();
        using var steps = StepsCommand(connection);
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            if (!plans.TryGetValue(reader.GetInt64(15), out var plan))
                plans.Add(reader.GetInt64(15), plan = PlanJson.Read(reader.GetString(16)));
            tasks.Add(ToTask(reader, plan, ReadSteps(steps, reader.GetInt64(0), plan)));
        }

        return tasks;
    }

    /// <summary>One task to go on with.</summary>
    public static StoredTask? ReadTask(SqliteConnection connection, Guid taskId) =>
        Read(connection, taskId, (reader, plan, steps) => ToTask(reader, plan, steps));

    /// <summary>One task as it was last stored.</summary>
    public static TaskRecord? ReadRecord(SqliteConnection connection, Guid taskId) =>
        Read(connection, taskId, (reader, _, steps) => ToRecord(reader, taskId, steps));

    /// <summary>A row of <see cref="TaskColumns"/> with the number of its steps, of those done, and of those that failed.</summary>
    public static TaskSummary ToSummary(SqliteDataReader reader) => new()
    {
        TaskId = Guid.Parse(reader.GetString(1)),
        Namespace = reader.GetString(2),
        Name = reader.GetString(3),
        Version = reader.GetString(4),
        State = StateNames.ParseTaskState(reader.GetString(5)),
        CorrelationId = Guid.Parse(reader.GetString(7)),
        Options = Options(reader),
        CreatedAt = StoredTime.Parse(reader.GetString(13)),
        CompletedAt = Time(reader, 14),
        Steps = reader.GetInt32(20),
        StepsDone = reader.GetInt32(21),
        StepsFailed = reader.GetInt32(22),
    };

    private static T? Read<T>(SqliteConnection connection, Guid taskId, Func<SqliteDataReader, PlannedStep[], List<StepRow>, T> convert)
        where T : class
    {
        // One transaction, so that the task and its steps are of the same moment.
        using var transaction = connection.BeginTransaction(deferred: true);
        using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = $"SELECT {TaskColumns} FROM tasks t JOIN plans p USING (plan_no) WHERE t.task_id = $task_id";
        command.Parameters.AddWithValue("$task_id", taskId.ToString());
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        using var stepsCommand = StepsCommand(connection);
        stepsCommand.Transaction = transaction;
        var plan = PlanJson.Read(reader.GetString(16));
        return convert(reader, plan, ReadSteps(stepsCommand, reader.GetInt64(0), plan));
    }

    private static TaskRecord ToRecord(SqliteDataReader reader, Guid taskId, List<StepRow> steps)
    {
        var task = new TaskSnapshot
        {
            TaskId = taskId,
            Namespace = reader.GetString(2),
            Name = reader.GetString(3),
            Version = reader.GetString(4),
            State = StateNames.ParseTaskState(reader.GetString(5)),
            Context = Utf8(reader, 6),
            Options = Options(reader),
            CorrelationId = Guid.Parse(reader.GetString(7)),
            CreatedAt = StoredTime.Parse(reader.GetString(13)),
            CompletedAt = Time(reader, 14),
            Steps = ImmutableCollectionsMarshal.AsImmutableArray(steps.Select((step, index) => new StepSnapshot
            {
                StepId = TaskIds.Step(taskId, index),
                Name = step.Name,
                TemplateStep = step.TemplateStep,
                Type = step.Type,
                State = step.State,
                Attempts = step.Attempts,
                MaxAttempts = step.MaxAttempts,
                Dependencies = [.. step.Dependencies],
                Result = step.Result,
                Failure = step.Failure,
                Checkpoint = step.Checkpoint,
                NextAttemptAt = step.NextAttemptAt,
                StartedAt = step.StartedAt,
                CompletedAt = step.CompletedAt,
            }).ToArray()),
        };
        return new TaskRecord(task, [.. JournalJson.Read(Utf8(reader, 19))], [.. steps.Select(step => step.Journal.ToImmutableArray())]);
    }

    private static SqliteCommand StepsCommand(SqliteConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText =
            "SELECT step_no, name, template_step, type, state, attempts, max_attempts, dependencies, inputs, result, failure, checkpoint, " +
            "next_attempt_at, completed_at, started_at, journal FROM steps WHERE task_no = $task_no ORDER BY step_no";
        command.Parameters.Add("$task_no", SqliteType.Integer);
        return command;
    }

    /// <summary>The planned steps, with what their rows say in place of them, and the dynamic ones after them.</summary>
    private static List<StepRow> ReadSteps(SqliteCommand command, long taskNo, PlannedStep[] plan)
    {
        var steps = new List<StepRow>(plan.Length);
        foreach (var planned in plan)
        {
            steps.Add(new StepRow(planned.Name, planned.TemplateStep, planned.Type, planned.Dependencies) { MaxAttempts = planned.MaxAttempts });
        }

        command.Parameters[0].Value = taskNo;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = ToStep(reader);
            var index = reader.GetInt32(0);
            if (index < steps.Count)
                steps[index] = row;
            else
                steps.Add(row);
        }

        return steps;
    }

    private static StepRow ToStep(SqliteDataReader reader)
    {
        using var dependencies = JsonDocument.Parse(reader.GetString(7));
        return new StepRow(reader.GetString(1), reader.GetString(2), StepTypeNames.Parse(reader.GetString(3)), PlanJson.ReadNames(dependencies.RootElement))
        {
            State = StateNames.ParseStepState(reader.GetString(4)),
            Attempts = reader.GetInt32(5),
            MaxAttempts = reader.GetInt32(6),
            Inputs = Utf8(reader, 8),
            Result = Utf8(reader, 9),
            Failure = reader.IsDBNull(10) ? null : FailureJson.Read(Utf8(reader, 10)),
            Checkpoint = Utf8(reader, 11),
            NextAttemptAt = Time(reader, 12),
            CompletedAt = Time(reader, 13),
            StartedAt = Time(reader, 14),
            Journal = JournalJson.Read(Utf8(reader, 15)),
            IsStored = true,
        };
    }

    private static StoredTask ToTask(SqliteDataReader reader, PlannedStep[] plan, List<StepRow> steps)
    {
        var indices = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        foreach (var step in steps)
            indices.Add(step.Name, indices.Count);
        return new StoredTask
        {
            Id = Guid.Parse(reader.GetString(1)),
            Key = reader.GetInt64(0),
            Namespace = reader.GetString(2),
            Name = reader.GetString(3),
            Version = reader.GetString(4),
            State = StateNames.ParseTaskState(reader.GetString(5)),
            Context = Utf8(reader, 6),
            CorrelationId = Guid.Parse(reader.GetString(7)),
            Options = Options(reader),
            CreatedAt = StoredTime.Parse(reader.GetString(13)),
            CompletedAt = Time(reader, 14),
            IdentityHash = reader.IsDBNull(18) ? null : reader.GetString(18),
            Journal = JournalJson.Read(Utf8(reader, 19)),
            PlannedSteps = plan.Length,
            Steps = steps.ConvertAll(step => new StoredStep
            {
                Name = step.Name,
                TemplateStep = step.TemplateStep,
                Parents = Array.ConvertAll(step.Dependencies, name => indices[name]),
                State = step.State,
                Attempts = step.Attempts,
                Inputs = step.Inputs,
                Result = step.Result,
                Failure = step.Failure,
                Checkpoint = step.Checkpoint,
                NextAttemptAt = step.NextAttemptAt,
                StartedAt = step.StartedAt,
                CompletedAt = step.CompletedAt,
                Journal = step.Journal,
                IsStored = step.IsStored,
            }),
        };
    }

    private static StartOptions Options(SqliteDataReader reader) => new()
    {
        ParentCorrelationId = reader.IsDBNull(8) ? null : Guid.Parse(reader.GetString(8)),
        Initiator = reader.GetString(9),
        SourceSystem = reader.GetString(10),
        Reason = reader.GetString(11),
        Priority = reader.GetInt32(12),
        Tags = reader.IsDBNull(17) ? [] : ReadTags(reader.GetString(17)),
    };

    private static ImmutableArray<string> ReadTags(string json)
    {
        using var document = JsonDocument.Parse(json);
        return [.. PlanJson.ReadNames(document.RootElement)];
    }

    private static byte[] Utf8(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? [] : Encoding.UTF8.GetBytes(reader.GetString(column));

    private static DateTimeOffset? Time(SqliteDataReader reader, int column) => reader.IsDBNull(column) ? null : StoredTime.Parse(reader.GetString(column));

    private sealed record StepRow(string Name, string TemplateStep, StepType Type, string[] Dependencies)
    {
        public StepState State { get; init; }

        public int Attempts { get; init; }

        public int MaxAttempts { get; init; }

        public byte[] Inputs { get; init; } = [];

        public byte[] Result { get; init; } = [];

        public StepFailure? Failure { get; init; }

        public byte[] Checkpoint { get; init; } = [];

        public DateTimeOffset? NextAttemptAt { get; init; }

        public DateTimeOffset? StartedAt { get; init; }

        public DateTimeOffset? CompletedAt { get; init; }

        public JournalEntry[] Journal { get; init; } = [];

        public bool IsStored { get; init; }
    }
}
