using Microsoft.Data.Sqlite;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Writes changes, one transaction each, with statements prepared once. A transaction appends one row to the log with what it changes in tasks
/// that go on, and writes one row for each task that is done with; so a step costs a few dozen bytes, and not a row of its own. The rows of tasks
/// that go on for longer are written by and by, and the log before them is dropped. Used by the engine only.
/// </summary>
internal sealed class SqliteWriter : IDisposable
{
    /// <summary>A longer log is shortened at once.</summary>
    private const long LongestLog = 4 * 1024 * 1024;

    /// <summary>How many rows of tasks that go on a transaction writes.</summary>
    private const int RowsAtOnce = 1024;

    /// <summary>After this time, and half of it, the row of a task says what the log says.</summary>
    private static readonly TimeSpan LogAge = TimeSpan.FromSeconds(1);

    private readonly WalCheckpoints _checkpoints;
    private readonly SqliteStatement _begin;
    private readonly SqliteStatement _commit;
    private readonly SqliteStatement _rollback;
    private readonly SqliteStatement _insertPlan;
    private readonly SqliteStatement _writeTask;
    private readonly SqliteStatement _insertLog;
    private readonly SqliteStatement _dropLog;
    private readonly SqliteStatement _emptyLog;
    private readonly SqliteStatement _writeDeadLetter;
    private readonly SqliteStatement _insertEvent;
    private readonly SqliteStatement _dropEvent;
    private readonly SqliteStatement[] _all;

    private readonly Dictionary<TaskPlan, PlanRow> _plans = [];
    private readonly Dictionary<string, long> _planNumbers;
    private readonly List<TaskPlan> _newPlans = [];
    private readonly List<TaskRun> _written = [];
    private readonly StepJson _stepJson = new();
    private readonly LogText _logText;
    private readonly JsonText _json = new();
    private readonly JsonText _journal = new();

    /// <summary>The tasks that the log knows more of than their rows, the longest first. One that is done with leaves at once, so that nothing holds it.</summary>
    private readonly LinkedList<TaskRun> _behind = new();

    private readonly Queue<LogRow> _log = new();
    private long _lastTask;
    private long _lastPlan;
    private long _lastLog;
    private long _lastEvent;
    private long _logBytes;
    private DateTimeOffset _shortenedAt = DateTimeOffset.MinValue;
    private DateTimeOffset _writtenAt = DateTimeOffset.MinValue;

    public SqliteWriter(SqliteConnection connection, string file, WalCheckpoints checkpoints, SqliteNumbers numbers)
    {
        _checkpoints = checkpoints;
        var database = connection.Handle ?? throw new InvalidOperationException("The connection is not open.");
        _planNumbers = numbers.Plans;
        _lastTask = numbers.LastTask;
        _lastLog = numbers.LastLog;
        _lastEvent = numbers.LastEvent;
        _lastPlan = numbers.Plans.Count == 0 ? 0 : numbers.Plans.Values.Max();
        _logText = new LogText(_stepJson, plan => RowOf(plan).Number);
        _begin = Prepare("BEGIN IMMEDIATE");
        _commit = Prepare("COMMIT");
        _rollback = Prepare("ROLLBACK");
        _insertPlan = Prepare("INSERT INTO plans (plan_no, steps) VALUES (?, ?)");
        _writeTask = Prepare(
            "INSERT INTO tasks (task_no, task_id, namespace, name, version, state, context, correlation_id, parent_correlation_id, initiator, " +
            "source_system, reason, priority, created_at, completed_at, plan_no, tags, identity_hash, journal, steps_total, steps_done, steps_failed, log_no, steps) " +
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (task_no) DO UPDATE SET " +
            "state = excluded.state, completed_at = excluded.completed_at, journal = excluded.journal, steps_total = excluded.steps_total, " +
            "steps_done = excluded.steps_done, steps_failed = excluded.steps_failed, log_no = excluded.log_no, steps = excluded.steps");
        _insertLog = Prepare("INSERT INTO log (log_no, written_at, tasks, steps, running) VALUES (?, ?, ?, ?, ?)");
        _dropLog = Prepare(SqliteLog.Drop);
        _emptyLog = Prepare(SqliteLog.Empty);
        _writeDeadLetter = Prepare(
            "INSERT INTO dead_letters (entry_id, task_id, namespace, name, version, original_state, reason, detail, created_at, status, resolved_at, " +
            "resolved_by, notes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (entry_id) DO UPDATE SET " +
            "status = excluded.status, resolved_at = excluded.resolved_at, resolved_by = excluded.resolved_by, notes = excluded.notes");
        _insertEvent = Prepare(SqliteOutbox.Insert);
        _dropEvent = Prepare(SqliteOutbox.Delete);
        _all = [_begin, _commit, _rollback, _insertPlan, _writeTask, _insertLog, _dropLog, _emptyLog, _writeDeadLetter, _insertEvent, _dropEvent];

        SqliteStatement Prepare(string sql) => new(database, sql, file);
    }

    /// <summary>When <see cref="ShortenLog"/> is to be called, although there may be nothing to commit.</summary>
    public DateTimeOffset NextShortening
    {
        get
        {
            if (!_log.TryPeek(out var oldest))
                return DateTimeOffset.MaxValue;
            var (aged, again) = (oldest.WrittenAt + LogAge, _shortenedAt + (LogAge / 2));
            return aged > again ? aged : again;
        }
    }

    /// <exception cref="TaskStoreException">Nothing was written.</exception>
    public void Write(Changes changes, DateTimeOffset now)
    {
        if (now < _writtenAt)
            FollowClockBack(now);
        _writtenAt = now;
        var (number, logged) = (0L, 0);
        InTransaction(() =>
        {
            foreach (var run in changes.Created)
                run.StoreKey = ++_lastTask;
            logged = WriteLog(changes, _lastLog + 1, now);

            // A number that the log does not have would be given again after a restart, and what has it then would be taken for old.
            number = logged > 0 ? _lastLog + 1 : _lastLog;
            foreach (var run in changes.Created)
                WriteIfTold(run, number);
            foreach (var run in changes.Tasks)
                WriteIfTold(run, number);
            foreach (var entry in changes.DeadLetters)
                Write(entry);
            foreach (var kept in changes.Events)
            {
                kept.Number = ++_lastEvent;
                SqliteOutbox.Write(_insertEvent, kept, _json);
            }

            foreach (var settled in changes.SettledEvents)
                _dropEvent.Bind(settled).Run();
        });

        _lastLog = number;
        foreach (var run in changes.Created)
            FallBehind(run, number);
        foreach (var run in changes.Tasks)
            FallBehind(run, number);
        foreach (var step in changes.Steps)
        {
            step.IsStored = true;
            FallBehind(step.Run, number);
        }

        if (changes.RunningChanged)
        {
            foreach (var step in changes.Running)
                FallBehind(step.Run, number);
        }

        if (logged > 0)
        {
            _log.Enqueue(new LogRow(number, now, logged));
            _logBytes += logged;
        }

        if (_logBytes <= LongestLog)
            return;
        var (half, kept) = (0L, _logBytes);
        foreach (var row in _log)
        {
            half = row.Number;
            kept -= row.Bytes;
            if (kept <= LongestLog / 2)
                break;
        }

        DropLog(half);
    }

    /// <summary>Writes the rows of tasks that the log has had the last word on for a while, and drops that part of the log.</summary>
    /// <exception cref="TaskStoreException">Nothing was written.</exception>
    public void ShortenLog(DateTimeOffset now)
    {
        _shortenedAt = now;
        var through = 0L;
        foreach (var row in _log)
        {
            if (row.WrittenAt > now - LogAge)
                break;
            through = row.Number;
        }

        DropLog(through);
    }

    /// <summary>Writes the rows of all tasks that the log has the last word on.</summary>
    /// <exception cref="TaskStoreException">Not all rows are written.</exception>
    public void DropLog()
    {
        while (_log.Count > 0)
            DropLog(_lastLog);
    }

    private void DropLog(long through)
    {
        _written.Clear();
        var next = _behind.First;
        for (; next is not null && next.Value.LoggedSince <= through && _written.Count < RowsAtOnce; next = next.Next)
            _written.Add(next.Value);
        var dropped = next is null ? through : Math.Min(next.Value.LoggedSince - 1, through);
        if (_written.Count == 0 && (!_log.TryPeek(out var oldest) || oldest.Number > dropped))
            return;
        InTransaction(() =>
        {
            foreach (var run in _written)
                WriteTask(run, _lastLog);
            _dropLog.Bind(dropped).Run();
            _emptyLog.Bind(dropped).Run();
        });

        foreach (var run in _written)
        {
            CatchUp(run);
            foreach (var step in run.Steps)
                step.IsStored = true;
        }

        while (_log.TryPeek(out var gone) && gone.Number <= dropped)
        {
            _logBytes -= gone.Bytes;
            _log.Dequeue();
        }
    }

    public void Dispose()
    {
        foreach (var statement in _all)
            statement.Dispose();
        _logText.Dispose();
        _json.Dispose();
        _journal.Dispose();
    }

    /// <summary>The clock was set back: the log is not kept until it has caught up.</summary>
    private void FollowClockBack(DateTimeOffset now)
    {
        _shortenedAt = now;
        for (var rows = _log.Count; rows > 0; rows--)
            _log.Enqueue(_log.Dequeue() with { WrittenAt = now });
    }

    private void InTransaction(Action write)
    {
        _newPlans.Clear();
        try
        {
            _begin.Run();
            write();
            _checkpoints.Committing();
            _commit.Run();
        }
        catch
        {
            foreach (var statement in _all)
                statement.Reset();
            Rollback();
            foreach (var plan in _newPlans)
                _plans.Remove(plan);
            throw;
        }

        foreach (var plan in _newPlans)
            _planNumbers[_plans[plan].Json] = _plans[plan].Number;
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

    private void FallBehind(TaskRun run, long number)
    {
        run.IsRowSettled = run.State.IsSettled();
        if (run.IsRowSettled)
        {
            CatchUp(run);
        }
        else if (run.LoggedSince == 0)
        {
            run.LoggedSince = number;
            _behind.AddLast(run.LogPlace ??= new LinkedListNode<TaskRun>(run));
        }
    }

    /// <summary>The row of a task says all that the log says.</summary>
    private void CatchUp(TaskRun run)
    {
        if (run.LoggedSince == 0)
            return;
        run.LoggedSince = 0;
        _behind.Remove(run.LogPlace!);
    }

    /// <returns>How many bytes the log's new row has.</returns>
    private int WriteLog(Changes changes, long number, DateTimeOffset now)
    {
        var tasks = _logText.Tasks(changes);
        var steps = _logText.Steps(changes);
        var running = _logText.Running(changes);
        if (tasks.IsEmpty && steps.IsEmpty && running.IsEmpty)
            return 0;
        _insertLog.Bind(number).Bind(now).BindOrNull(tasks).BindOrNull(steps).BindOrNull(running).Run();
        return tasks.Length + steps.Length + running.Length;
    }

    /// <summary>The row of a task that is settled says so at once, and so does that of one that a person lets go on, or it would be swept away as finished.</summary>
    private void WriteIfTold(TaskRun run, long number)
    {
        if (run.State.IsSettled() || run.IsRowSettled)
            WriteTask(run, number);
    }

    private void WriteTask(TaskRun run, long number)
    {
        var (template, options) = (run.Plan.Template, run.Options);
        var (done, failed) = (0, 0);
        var steps = _json.Begin();
        foreach (var step in run.Steps)
        {
            done += step.State.SatisfiesDependents() ? 1 : 0;
            failed += step.State is StepState.Error ? 1 : 0;
            steps.WriteStartObject();
            _stepJson.Write(steps, step);
            steps.WriteEndObject();
        }

        var stepText = _json.End();
        _writeTask
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
            .Bind(RowOf(run.Plan).Number)
            .BindOrNull(options.Tags.IsDefaultOrEmpty ? default : PlanJson.WriteNames(options.Tags))
            .BindOrNull(run.IdentityHash)
            .BindOrNull(ToJson(run.Journal))
            .Bind(run.Steps.Length)
            .Bind(done)
            .Bind(failed)
            .Bind(number)
            .Bind(stepText.IsEmpty ? "[]"u8 : stepText)
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

    private PlanRow RowOf(TaskPlan plan)
    {
        if (_plans.TryGetValue(plan, out var row))
            return row;
        var json = PlanJson.Write(plan);
        if (_planNumbers.TryGetValue(json, out var known))
        {
            row = new PlanRow(known, json);
        }
        else
        {
            row = new PlanRow(++_lastPlan, json);
            _insertPlan.Bind(row.Number).Bind(json).Run();
            _newPlans.Add(plan);
        }

        _plans.Add(plan, row);
        return row;
    }

    private ReadOnlySpan<byte> ToJson(IReadOnlyList<JournalEntry> journal)
    {
        if (journal.Count == 0)
            return default;
        JournalJson.Write(_journal.BeginValue(), journal);
        return _journal.EndValue();
    }

    /// <param name="Number">Its number in the file.</param>
    /// <param name="Json">The steps it lists.</param>
    private sealed record PlanRow(long Number, string Json);

    private readonly record struct LogRow(long Number, DateTimeOffset WrittenAt, int Bytes);
}

/// <summary>Where the numbering of a file's rows goes on.</summary>
/// <param name="LastTask">The highest task number.</param>
/// <param name="LastLog">The highest number that the log has had.</param>
/// <param name="LastEvent">The highest number of a kept event.</param>
/// <param name="Plans">The plans' numbers by their JSON.</param>
internal sealed record SqliteNumbers(long LastTask, long LastLog, long LastEvent, Dictionary<string, long> Plans);
