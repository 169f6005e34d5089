using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Tasker.Client;
using Tasker.Hosting;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Registration;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>
/// Starts tasks over the orchestrator's request queue (protocol sheet §10.7) and reads them from the database. The queue gives no answer: the task is found
/// by its correlation id, and a request that is not taken up in time is taken back, where the queue lets it.
/// </summary>
internal sealed class QueueTaskClient(
    NpgsqlDataSource database,
    TaskerCoreOptions options,
    StartRequestValidator validator,
    TemplateCatalog? catalog,
    TimeProvider time,
    IMessageTransport? elsewhere)
    : PollingTaskClient(validator, options.PollInterval, time)
{
    private const string Send = $"SELECT pgmq_send_with_notify('{QueueNames.TaskRequests}', $1, 0)";
    private const string TakeBack = $"SELECT pgmq.delete('{QueueNames.TaskRequests}', $1)";

    private const string FindStarted = """
        SELECT t.task_uuid FROM tasker.tasks t JOIN tasker.named_tasks nt ON nt.named_task_uuid = t.named_task_uuid
        WHERE t.correlation_id = $1 AND nt.name = $2 AND t.created_at >= $3 ORDER BY t.created_at DESC LIMIT 1
        """;

    /// <summary>The shape of the REST API, so that one reader reads both.</summary>
    private const string TaskJson = """
        jsonb_build_object(
            'task_uuid', t.task_uuid, 'name', nt.name, 'namespace', n.name, 'version', nt.version, 'status', COALESCE(state.to_state, 'pending'),
            'created_at', t.created_at, 'completed_at', CASE WHEN state.to_state IN ('complete', 'error', 'cancelled', 'resolved_manually') THEN state.created_at END,
            'context', t.context, 'initiator', t.initiator, 'source_system', t.source_system, 'reason', t.reason, 'priority', t.priority, 'tags', t.tags,
            'correlation_id', t.correlation_id, 'parent_correlation_id', t.parent_correlation_id,
            'total_steps', counts.total, 'completed_steps', counts.done, 'failed_steps', counts.failed)
        """;

    private const string TaskTables = """
        tasker.tasks t
        JOIN tasker.named_tasks nt ON nt.named_task_uuid = t.named_task_uuid
        JOIN tasker.task_namespaces n ON n.task_namespace_uuid = nt.task_namespace_uuid
        LEFT JOIN tasker.task_transitions state ON state.task_uuid = t.task_uuid AND state.most_recent
        LEFT JOIN LATERAL (
            SELECT count(*) AS total, count(*) FILTER (WHERE s.to_state IN ('complete', 'resolved_manually')) AS done,
                count(*) FILTER (WHERE s.to_state = 'error') AS failed
            FROM tasker.workflow_steps ws
            LEFT JOIN tasker.workflow_step_transitions s ON s.workflow_step_uuid = ws.workflow_step_uuid AND s.most_recent
            WHERE ws.task_uuid = t.task_uuid) AS counts ON true
        """;

    private const string ReadTask = $"""
        SELECT {TaskJson}, COALESCE((
            SELECT jsonb_agg(jsonb_build_object(
                'step_uuid', ws.workflow_step_uuid, 'name', ns.name, 'current_state', COALESCE(s.to_state, 'pending'), 'results', ws.results,
                'attempts', ws.attempts, 'max_attempts', ws.max_attempts, 'last_attempted_at', ws.last_attempted_at, 'completed_at', ws.processed_at)
                ORDER BY ws.workflow_step_uuid)
            FROM tasker.workflow_steps ws
            JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
            LEFT JOIN tasker.workflow_step_transitions s ON s.workflow_step_uuid = ws.workflow_step_uuid AND s.most_recent
            WHERE ws.task_uuid = t.task_uuid), '[]')
        FROM {TaskTables} WHERE t.task_uuid = $1
        """;

    private const string List = $"""
        SELECT {TaskJson} FROM {TaskTables}
        WHERE ($1::text[] IS NULL OR COALESCE(state.to_state, 'pending') = ANY ($1)) AND ($2::text IS NULL OR n.name = $2) AND ($3::text IS NULL OR nt.name = $3)
            AND ($4::text IS NULL OR nt.version = $4) AND ($5::timestamp IS NULL OR t.created_at >= $5) AND ($6::timestamp IS NULL OR t.created_at < $6)
            AND ($7::uuid IS NULL OR t.correlation_id = $7) AND ($8::uuid IS NULL OR t.parent_correlation_id = $8)
            AND ($9::text IS NULL OR t.initiator = $9) AND ($10::text IS NULL OR t.source_system = $10) AND ($11::jsonb IS NULL OR t.tags @> $11)
            AND ($12::uuid IS NULL OR t.task_uuid < $12)
        ORDER BY t.task_uuid DESC LIMIT $13
        """;

    /// <summary>What was said about a transition is in its event.</summary>
    private const string History = """
        SELECT h.created_at, h.step, h.from_state, h.to_state, h.event FROM (
            SELECT t.created_at, NULL::text AS step, t.from_state, t.to_state, NULL::text AS event, t.sort_key
            FROM tasker.task_transitions t WHERE t.task_uuid = $1
            UNION ALL
            SELECT s.created_at, ns.name, s.from_state, s.to_state, CASE WHEN s.to_state IN ('error', 'waiting_for_retry') THEN s.metadata ->> 'event' END, s.sort_key
            FROM tasker.workflow_steps ws JOIN tasker.named_steps ns ON ns.named_step_uuid = ws.named_step_uuid
            JOIN tasker.workflow_step_transitions s ON s.workflow_step_uuid = ws.workflow_step_uuid WHERE ws.task_uuid = $1) h
        ORDER BY h.created_at, h.sort_key
        """;

    /// <summary>The shape of the REST API, and the template's name besides.</summary>
    private const string DeadLetters = """
        SELECT jsonb_build_object(
            'dlq_entry_uuid', d.dlq_entry_uuid, 'task_uuid', d.task_uuid, 'namespace', n.name, 'name', nt.name, 'version', nt.version,
            'original_state', d.original_state, 'dlq_reason', d.dlq_reason, 'dlq_timestamp', d.dlq_timestamp, 'resolution_status', d.resolution_status,
            'resolution_timestamp', d.resolution_timestamp, 'resolution_notes', d.resolution_notes, 'resolved_by', d.resolved_by, 'metadata', d.metadata)
        FROM tasker.tasks_dlq d
        JOIN tasker.tasks t ON t.task_uuid = d.task_uuid
        JOIN tasker.named_tasks nt ON nt.named_task_uuid = t.named_task_uuid
        JOIN tasker.task_namespaces n ON n.task_namespace_uuid = nt.task_namespace_uuid
        WHERE ($1::text[] IS NULL OR d.resolution_status::text = ANY ($1)) AND ($2::uuid IS NULL OR d.task_uuid = $2)
            AND ($3::uuid IS NULL OR d.dlq_entry_uuid < $3)
        ORDER BY d.dlq_entry_uuid DESC LIMIT $4
        """;

    private const string Exists = "SELECT 1 FROM tasker.tasks WHERE task_uuid = $1";

    public override async ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        var rows = await QueryAsync(ReadTask, row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), cancellationToken, taskId).ConfigureAwait(false);
        if (rows is not [var (task, steps)])
            return null;
        using var taskJson = JsonDocument.Parse(task);
        using var stepsJson = JsonDocument.Parse(steps);
        return TaskReader.Snapshot(taskJson.RootElement, stepsJson.RootElement, catalog);
    }

    public override async ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new TaskFilter();
        if (filter.PageSize is < 1 or > TaskFilter.MaxPageSize)
            throw new ValidationException($"{nameof(TaskFilter.PageSize)} is {filter.PageSize}; give 1 to {TaskFilter.MaxPageSize}.");
        Guid? after = filter.After is null ? null
            : Guid.TryParse(filter.After, out var last) ? last
            : throw new ValidationException($"{nameof(TaskFilter.After)} is '{filter.After}', which ends no page.");
        var tasks = await QueryAsync(
            List,
            row =>
            {
                using var task = JsonDocument.Parse(row.GetFieldValue<byte[]>(0));
                return TaskReader.Summary(task.RootElement);
            },
            cancellationToken,
            filter.States.IsDefaultOrEmpty ? Null(NpgsqlDbType.Array | NpgsqlDbType.Text) : filter.States.Select(state => state.ToName()).ToArray(),
            Or(filter.Namespace, NpgsqlDbType.Text),
            Or(filter.Name, NpgsqlDbType.Text),
            Or(filter.Version, NpgsqlDbType.Text),
            Or(filter.CreatedFrom is { } from ? Naive(from) : null, NpgsqlDbType.Timestamp),
            Or(filter.CreatedBefore is { } before ? Naive(before) : null, NpgsqlDbType.Timestamp),
            Or(filter.CorrelationId, NpgsqlDbType.Uuid),
            Or(filter.ParentCorrelationId, NpgsqlDbType.Uuid),
            Or(filter.Initiator, NpgsqlDbType.Text),
            Or(filter.SourceSystem, NpgsqlDbType.Text),
            filter.Tag is { } tag ? new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = $"[\"{JsonEncodedText.Encode(tag)}\"]" } : Null(NpgsqlDbType.Jsonb),
            Or(after, NpgsqlDbType.Uuid),
            filter.PageSize).ConfigureAwait(false);
        return new TaskPage { Tasks = [.. tasks], Next = tasks.Count < filter.PageSize ? null : tasks[^1].TaskId.ToString() };
    }

    public override async ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        if ((await QueryAsync(Exists, row => row.GetInt32(0), cancellationToken, taskId).ConfigureAwait(false)).Count == 0)
            return null;
        var attempts = new Dictionary<string, int>();
        var entries = await QueryAsync(
            History,
            row =>
            {
                var (step, to) = (row.IsDBNull(1) ? null : row.GetString(1), row.GetString(3));
                if (step is not null && to == StepState.InProgress.ToName())
                    attempts[step] = attempts.GetValueOrDefault(step) + 1;
                return new HistoryEntry
                {
                    At = new DateTimeOffset(row.GetDateTime(0), TimeSpan.Zero),
                    Step = step,
                    From = row.IsDBNull(2) ? null : row.GetString(2),
                    To = to,
                    Attempt = step is not null && attempts.TryGetValue(step, out var attempt) ? attempt : null,
                    Reason = row.IsDBNull(4) ? null : Reason(row.GetString(4)),
                };
            },
            cancellationToken,
            taskId).ConfigureAwait(false);
        return new TaskHistory { TaskId = taskId, Entries = [.. entries] };
    }

    public override async ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new DeadLetterFilter();
        if (filter.PageSize is < 1 or > TaskFilter.MaxPageSize)
            throw new ValidationException($"{nameof(DeadLetterFilter.PageSize)} is {filter.PageSize}; give 1 to {TaskFilter.MaxPageSize}.");
        Guid? after = filter.After is null ? null
            : Guid.TryParse(filter.After, out var last) ? last
            : throw new ValidationException($"{nameof(DeadLetterFilter.After)} is '{filter.After}', which ends no page.");
        var found = await QueryAsync(
            DeadLetters,
            row =>
            {
                using var entry = JsonDocument.Parse(row.GetFieldValue<byte[]>(0));
                return DeadLetterReader.Read(entry.RootElement);
            },
            cancellationToken,
            filter.Statuses.IsDefaultOrEmpty ? Null(NpgsqlDbType.Array | NpgsqlDbType.Text) : filter.Statuses.Select(DeadLetterReader.Name).ToArray(),
            Or(filter.TaskId, NpgsqlDbType.Uuid),
            Or(after, NpgsqlDbType.Uuid),
            filter.PageSize).ConfigureAwait(false);
        return new DeadLetterPage { DeadLetters = [.. found], Next = found.Count < filter.PageSize ? null : found[^1].EntryId.ToString() };
    }

    public override ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only tasker-core's REST API closes dead letters; use AddTaskerCoreClient.");

    public override ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only tasker-core's REST API cancels tasks; use AddTaskerCoreClient.");

    public override ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("Only tasker-core's REST API resolves steps; use AddTaskerCoreClient.");

    protected override async ValueTask<TaskHandle> SubmitAsync(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, CancellationToken cancellationToken)
    {
        var correlation = options.CorrelationId ?? Guid.CreateVersion7();
        var now = Time.GetUtcNow();
        var message = await SendAsync(TaskRequestJson.WriteMessage(template, context, options, correlation, now), cancellationToken).ConfigureAwait(false);
        var started = Time.GetTimestamp();
        while (Time.GetElapsedTime(started) < StartLimit)
        {
            // Clocks differ a little between here and the orchestrator.
            var found = await QueryAsync(FindStarted, row => row.GetGuid(0), cancellationToken, correlation, template.Name, Naive(now.AddMinutes(-1))).ConfigureAwait(false);
            if (found.Count > 0)
                return new TaskHandle(this, found[0]);
            await Task.Delay(LookInterval, Time, cancellationToken).ConfigureAwait(false);
        }

        if (message is { } id)
            await QueryAsync(TakeBack, row => row.GetBoolean(0), cancellationToken, id).ConfigureAwait(false);
        throw new TimeoutException(
            $"No orchestrator started the task of '{template}' within {StartLimit}, and the request {(message is null ? "is still in its queue" : "was taken back")}. Is one running, does it know the template, " +
            "and has the template not had the same context before? tasker-core runs a context once.");
    }

    /// <returns>The message's id, when it can be taken back.</returns>
    private async Task<long?> SendAsync(byte[] request, CancellationToken cancellationToken)
    {
        if (elsewhere is not null)
        {
            await elsewhere.SendAsync(QueueNames.TaskRequests, [request], cancellationToken).ConfigureAwait(false);
            return null;
        }

        var body = new NpgsqlParameter { NpgsqlDbType = NpgsqlDbType.Jsonb, Value = request };
        return (await QueryAsync(Send, row => row.GetInt64(0), cancellationToken, body).ConfigureAwait(false))[0];
    }

    private static TimeSpan LookInterval { get; } = TimeSpan.FromMilliseconds(50);

    private TimeSpan StartLimit { get; } = options.StartTimeout;

    /// <summary>The event of a failed attempt carries its message: <c>{"type":"Fail","data":"message"}</c>.</summary>
    private static string? Reason(string @event)
    {
        try
        {
            using var document = JsonDocument.Parse(@event);
            return document.RootElement.TryGetProperty("data", out var data) && data.ValueKind is JsonValueKind.String ? data.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static object Or(object? value, NpgsqlDbType type) => value ?? Null(type);

    private static NpgsqlParameter Null(NpgsqlDbType type) => new() { NpgsqlDbType = type, Value = DBNull.Value };

    private static DateTime Naive(DateTimeOffset time) => DateTime.SpecifyKind(time.UtcDateTime, DateTimeKind.Unspecified);

    private async Task<List<T>> QueryAsync<T>(string sql, Func<NpgsqlDataReader, T> read, CancellationToken cancellationToken, params object[] values)
    {
        var rows = new List<T>();
        var command = database.CreateCommand(sql);
        await using (command.ConfigureAwait(false))
        {
            foreach (var value in values)
                command.Parameters.Add(value as NpgsqlParameter ?? new NpgsqlParameter { Value = value });
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                    rows.Add(read(reader));
            }
        }

        return rows;
    }
}
