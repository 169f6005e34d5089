using System.Buffers;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>Writes changes, one transaction each, with statements prepared once. Used by the engine only.</summary>
internal sealed class SqliteWriter : IDisposable
{
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insertPlan;
    private readonly SqliteStatement _insertTask;
    private readonly SqliteStatement _updateTask;
    private readonly SqliteStatement _insertStep;
    private readonly SqliteStatement _updateStep;
    private readonly SqliteStatement _updateRunning;
    private readonly SqliteStatement _writeDeadLetter;
    private readonly SqliteStatement[] _all;

    private readonly Dictionary<TaskPlan, PlanRow> _plans = [];
    private readonly Dictionary<string, long> _planNumbers;
    private readonly ArrayBufferWriter<byte> _json = new(4096);
    private readonly Utf8JsonWriter _writer;
    private long _lastTask;
    private long _lastPlan;

    public SqliteWriter(SqliteConnection connection, string file, SqliteNumbers numbers)
    {
        var database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        _writer = new Utf8JsonWriter(_json);
        _planNumbers = numbers.Plans;
        _lastTask = numbers.LastTask;
        _lastPlan = numbers.Plans.Count == 0 ? 0 : numbers.Plans.Values.Max();
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertPlan = Prepare("INSERT INTO plans (plan_no, steps) VALUES (?, ?)");
        _insertTask = Prepare(
            "INSERT INTO tasks (task_no, task_id, namespace, name, version, state, context, correlation_id, parent_correlation_id, initiator, " +
            "source_system, reason, priority, created_at, completed_at, plan_no, tags, identity_hash) " +
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _updateTask = Prepare("UPDATE tasks SET state = ?, completed_at = ?, journal = ? WHERE task_no = ?");
        _insertStep = Prepare(
            "INSERT INTO steps (state, attempts, result, failure, checkpoint, next_attempt_at, started_at, completed_at, journal, updated_at, task_no, step_no, " +
            "step_id, name, template_step, type, max_attempts, dependencies, inputs) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
        _updateStep = Prepare(
            "UPDATE steps SET state = ?, attempts = ?, result = ?, failure = ?, checkpoint = ?, next_attempt_at = ?, started_at = ?, " +
            "completed_at = ?, journal = ?, updated_at = ? " +
            "WHERE task_no = ? AND step_no = ?");
        _updateRunning = Prepare("UPDATE running SET attempts = ?, updated_at = ? WHERE id = 1");
        _writeDeadLetter = Prepare(
            "INSERT INTO dead_letters (entry_id, task_id, namespace, name, version, original_state, reason, detail, created_at, status, resolved_at, " +
            "resolved_by, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entry_id) DO UPDATE SET " +
            "status = excluded.status, resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, notes = excluded.notes");
        _all = [_begin, _commit, _rollback, _insertPlan, _insertTask, _updateTask, _insertStep, _updateStep, _updateRunning, _writeDeadLetter];

        SqliteStatement Prepare(string sql) => new(database, sql, file);
    }

    /// <exception cref="TaskStoreException">Nothing was written.</exception>
    public void Write(Changes changes, DateTimeOffset now)
    {
        var newPlans = new List<TaskPlan>();
        try
        {
            _begin.Run();
            foreach (var run in changes.Created)
                Insert(run, newPlans);
            foreach (var run in changes.Tasks)
            {
                if (run.State != run.StoredState || run.IsJournalChanged)
                    _updateTask.Bind(run.State.ToName()).Bind(run.CompletedAt).BindOrNull(ToJson(run.Journal)).Bind(run.StoreKey).Run();
            }

            foreach (var step in changes.Steps)
                Write(step, now);
            foreach (var entry in changes.DeadLetters)
                Write(entry);
            if (changes.RunningChanged)
                WriteRunning(changes.Running, now);
            _commit.Run();
        }
        catch
        {
            foreach (var statement in _all)
                statement.Reset();
            Rollback();
            foreach (var plan in newPlans)
                _plans.Remove(plan);
            throw;
        }

        foreach (var run in changes.Created)
            run.StoredState = run.State;
        foreach (var run in changes.Tasks)
        {
            run.StoredState = run.State;
            run.IsJournalChanged = false;
        }

        foreach (var step in changes.Steps)
            step.IsStored = true;
        foreach (var plan in newPlans)
            _planNumbers[_plans[plan].Json] = _plans[plan].Number;
    }

    public void Dispose()
    {
        foreach (var statement in _all)
            statement.Dispose();
        _writer.Dispose();
    }

    private void Rollback()
    {
        try
        {
            _rollback.Run();
        }
        catch (TaskStoreException)
        {
            // Some errors have rolled back already; then there is no transaction to end.
        }
    }

    private void Insert(TaskRun run, List<TaskPlan> newPlans)
    {
        var plan = RowOf(run.Plan, newPlans);
        run.StoreKey = ++_lastTask;
        var (template, options) = (run.Plan.Template, run.Options);
        _insertTask
            .Bind(run.StoreKey)
            .Bind(run.Id)
            .Bind(template.Namespace)
            .Bind(template.Name)
            .Bind(template.Version)
            .Bind(run.State.ToName())
            .Bind(run.Context.Span)
            .Bind(run.CorrelationId)
            .Bind(options.ParentCorrelationId)
            .Bind(options.Initiator)
            .Bind(options.SourceSystem)
            .Bind(options.Reason)
            .Bind(options.Priority)
            .Bind(run.CreatedAt)
            .Bind(run.CompletedAt)
            .Bind(plan.Number)
            .BindOrNull(options.Tags.IsDefaultOrEmpty ? default : PlanJson.WriteNames(options.Tags))
            .BindOrNull(run.IdentityHash)
            .Run();
    }

    private void Write(DeadLetter entry) => _writeDeadLetter
        .Bind(entry.EntryId)
        .Bind(entry.TaskId)
        .Bind(entry.Namespace)
        .Bind(entry.Name)
        .Bind(entry.Version)
        .Bind(entry.OriginalState.ToName())
        .Bind(entry.Reason.ToName())
        .BindOrNull(entry.Detail)
        .Bind(entry.CreatedAt)
        .Bind(entry.Status.ToName())
        .Bind(entry.ResolvedAt)
        .BindOrNull(entry.ResolvedBy)
        .BindOrNull(entry.Notes)
        .Run();

    private void Write(StepRun step, DateTimeOffset now)
    {
        var statement = (step.IsStored ? _updateStep : _insertStep)
            .Bind(step.State.ToName())
            .Bind(step.Attempts)
            .BindOrNull(step.Result)
            .BindOrNull(step.Failure is { } failure ? ToJson(failure) : default)
            .BindOrNull(step.Checkpoint.Span)
            .Bind(step.NextAttemptAt)
            .Bind(step.StartedAt)
            .Bind(step.CompletedAt)
            .BindOrNull(ToJson(step.Journal))
            .Bind(now)
            .Bind(step.Run.StoreKey)
            .Bind(step.Index);
        if (!step.IsStored)
        {
            statement
                .Bind(step.Id)
                .Bind(step.Name)
                .Bind(step.Node.Name)
                .Bind(step.Node.Type.ToName())
                .Bind(step.MaxAttempts)
                .Bind(Dependencies(step))
                .BindOrNull(step.Inputs.Span);
        }

        statement.Run();
    }

    private ReadOnlySpan<byte> Dependencies(StepRun step)
    {
        if (!step.IsDynamic && _plans.TryGetValue(step.Run.Plan, out var plan) && step.Index < plan.Dependencies.Length)
            return plan.Dependencies[step.Index];
        return ToJson((step.Run, step.Parents), static (writer, state) =>
        {
            writer.WriteStartArray();
            foreach (var parent in state.Parents)
                writer.WriteStringValue(state.Run.StepAt(parent).Name);
            writer.WriteEndArray();
        });
    }

    private void WriteRunning(List<StepRun> running, DateTimeOffset now)
    {
        var json = ToJson(running, static (writer, steps) =>
        {
            writer.WriteStartArray();
            foreach (var step in steps)
            {
                writer.WriteStartArray();
                writer.WriteNumberValue(step.Run.StoreKey);
                writer.WriteNumberValue(step.Index);
                writer.WriteNumberValue(step.Attempts);
                writer.WriteEndArray();
            }

            writer.WriteEndArray();
        });
        _updateRunning.Bind(json).Bind(now).Run();
    }

    private PlanRow RowOf(TaskPlan plan, List<TaskPlan> newPlans)
    {
        if (_plans.TryGetValue(plan, out var row))
            return row;
        var json = PlanJson.Write(plan);
        var dependencies = plan.InitialParents.Select(parents => PlanJson.WriteNames(parents.Select(parent => plan.Initial[parent].Name))).ToArray();
        if (_planNumbers.TryGetValue(json, out var known))
        {
            row = new PlanRow(known, json, dependencies);
        }
        else
        {
            row = new PlanRow(++_lastPlan, json, dependencies);
            _insertPlan.Bind(row.Number).Bind(json).Run();
            newPlans.Add(plan);
        }

        _plans.Add(plan, row);
        return row;
    }

    private ReadOnlySpan<byte> ToJson(StepFailure failure)
    {
        _json.ResetWrittenCount();
        FailureJson.Write(_json, failure);
        return _json.WrittenSpan;
    }

    private ReadOnlySpan<byte> ToJson(IReadOnlyList<JournalEntry> journal)
    {
        if (journal.Count == 0)
            return default;
        _json.ResetWrittenCount();
        JournalJson.Write(_json, journal);
        return _json.WrittenSpan;
    }

    private ReadOnlySpan<byte> ToJson<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        _json.ResetWrittenCount();
        _writer.Reset(_json);
        write(_writer, state);
        _writer.Flush();
        return _json.WrittenSpan;
    }

    /// <param name="Number">Its number in the file.</param>
    /// <param name="Json">The steps it lists.</param>
    /// <param name="Dependencies">By step: the names of those it waits for, as JSON.</param>
    private sealed record PlanRow(long Number, string Json, byte[][] Dependencies);
}

/// <summary>Where the numbering of a file's rows goes on.</summary>
/// <param name="LastTask">The highest task number.</param>
/// <param name="Plans">The plans' numbers by their JSON.</param>
internal sealed record SqliteNumbers(long LastTask, Dictionary<string, long> Plans);
