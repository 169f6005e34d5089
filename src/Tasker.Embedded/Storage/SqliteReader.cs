using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>Reads tasks back. Each call uses the connection it is given and keeps nothing.</summary>
internal static class SqliteReader
{
    internal const string TaskColumns =
        "t.task_no, t.task_id, t.namespace, t.name, t.version, t.state, t.context, t.correlation_id, t.parent_correlation_id, t.initiator, " +
        "t.source_system, t.reason, t.priority, t.created_at, t.completed_at, t.plan_no, p.steps, t.tags, t.identity_hash, t.journal, t.steps_total, t.steps_done, " +
        "t.steps_failed, t.steps";

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
        using var log = connection.CreateCommand();
        log.CommandText = "SELECT coalesce(max(log_no), 0) FROM log";
        using var outbox = connection.CreateCommand();
        outbox.CommandText = "SELECT coalesce(max(event_no), 0) FROM outbox";
        return new SqliteNumbers((long)last.ExecuteScalar()!, (long)log.ExecuteScalar()!, (long)outbox.ExecuteScalar()!, plans);
    }

    /// <summary>All tasks that go on by themselves, in order of their creation.</summary>
    /// <param name="connection">The open file.</param>
    /// <param name="leave">Told of a row that cannot be read; the task stays as it is.</param>
    public static List<StoredTask> ReadUnfinished(SqliteConnection connection, Action<DamagedRowException> leave)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"SELECT {TaskColumns}, (SELECT max(d.created_at) FROM dead_letters d WHERE d.task_id = t.task_id) FROM tasks t INDEXED BY tasks_unfinished JOIN plans p USING (plan_no) " +
            "WHERE t.completed_at IS NULL AND t.state <> 'blocked_by_failures' ORDER BY t.task_no";
        var tasks = new List<StoredTask>();
        var plans = new Dictionary<long, PlannedStep[]>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            try
            {
                if (!plans.TryGetValue(reader.GetInt64(15), out var plan))
                    plans.Add(reader.GetInt64(15), plan = PlanJson.Read(reader.GetString(16)));
                var task = ToTask(reader, plan, ReadSteps(reader, plan)) with { DeadLetterAt = Time(reader, 24) };
                if (task.State.IsSettled())
                    throw new FormatException($"completed_at is missing, though the state is '{task.State.ToName()}'.");
                tasks.Add(task);
            }
            catch (Exception exception) when (DamagedRowException.Explains(exception))
            {
                leave(new DamagedRowException(DamagedRowException.Task(reader.GetValue(0)), exception));
            }
        }

        return tasks;
    }

    /// <summary>One task to go on with.</summary>
    public static StoredTask? ReadTask(SqliteConnection connection, Guid taskId) =>
        Read(connection, taskId, (reader, plan, steps) => ToTask(reader, plan, steps));

    /// <summary>One task as it was last stored.</summary>
    public static TaskRecord? ReadRecord(SqliteConnection connection, Guid taskId) =>
        Read(connection, taskId, (reader, _, steps) => ToRecord(reader, taskId, steps));

    /// <summary>A row of <see cref="TaskColumns"/>.</summary>
    /// <exception cref="DamagedRowException">The row is not what Tasker writes.</exception>
    public static TaskSummary ToSummary(SqliteDataReader reader)
    {
        try
        {
            return Summarize(reader);
        }
        catch (Exception exception) when (DamagedRowException.Explains(exception))
        {
            throw new DamagedRowException(DamagedRowException.Task(reader.GetValue(0)), exception);
        }
    }

    private static TaskSummary Summarize(SqliteDataReader reader) => new()
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
        using var command = connection.CreateCommand();
        command.CommandText = $"SELECT {TaskColumns} FROM tasks t JOIN plans p USING (plan_no) WHERE t.task_id = $task_id";
        command.Parameters.AddWithValue("$task_id", taskId.ToString());
        using var reader = command.ExecuteReader();
        if (!reader.Read())
            return null;
        try
        {
            var plan = PlanJson.Read(reader.GetString(16));
            return convert(reader, plan, ReadSteps(reader, plan));
        }
        catch (Exception exception) when (DamagedRowException.Explains(exception))
        {
            throw new DamagedRowException(DamagedRowException.Task(reader.GetValue(0)), exception);
        }
    }

    private static List<StepRow> ReadSteps(SqliteDataReader reader, PlannedStep[] plan) =>
        StepJson.Read(Utf8(reader, 23), plan, StoredTime.Parse(reader.GetString(13)));

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
                Name = step.Definition.Name,
                TemplateStep = step.Definition.TemplateStep,
                Type = step.Definition.Type,
                State = step.State,
                Attempts = step.Attempts,
                MaxAttempts = step.Definition.MaxAttempts,
                Dependencies = [.. step.Definition.Dependencies],
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

    private static StoredTask ToTask(SqliteDataReader reader, PlannedStep[] plan, List<StepRow> steps)
    {
        var indices = new Dictionary<string, int>(steps.Count, StringComparer.Ordinal);
        foreach (var step in steps)
            indices.Add(step.Definition.Name, indices.Count);
        var task = new StoredTask
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
                Name = step.Definition.Name,
                TemplateStep = step.Definition.TemplateStep,
                Parents = Array.ConvertAll(step.Definition.Dependencies, name => indices[name]),
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
                IsStored = true,
            }),
        };
        StoredTaskCheck.Check(task);
        return task;
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
}
