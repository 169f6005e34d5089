using System.Collections.Concurrent;
using System.Text.Json;
using Npgsql;

namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>
/// Plays the server's part for the tasks that it started itself, as the protocol sheet tells it (§8, §10.8): creates steps, enqueues what is ready,
/// decodes results strictly, creates dynamic steps, finishes tasks. Only the waiting is shortened.
/// </summary>
public sealed class StandInOrchestrator : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);

    private readonly NpgsqlDataSource _database;
    private readonly IOrchestratorQueues _queues;
    private readonly ConcurrentDictionary<Guid, OpenTask> _open = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Task _loop;

    /// <summary>Begins to look for results.</summary>
    /// <param name="database">The database, with tasker-core's search path.</param>
    /// <param name="queues">The queues; those in the database when they are not given.</param>
    public StandInOrchestrator(NpgsqlDataSource database, IOrchestratorQueues? queues = null)
    {
        _database = database;
        _queues = queues ?? new PgmqQueues(database);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>What went wrong in the loop; a test that fails looks here.</summary>
    public ConcurrentQueue<Exception> Errors { get; } = new();

    /// <summary>What a second of backoff lasts here. The stored figures are the real ones.</summary>
    public TimeSpan BackoffSecond { get; init; } = TimeSpan.Zero;

    /// <summary>Waits for a request in the request queue for a task of a namespace, and starts it (§10.7).</summary>
    public async Task<Guid> TakeRequestAsync(string @namespace, CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var requests = await _database.QueryAsync(
                "SELECT msg_id, message::text FROM pgmq.q_orchestration_task_requests WHERE message #>> '{task_request,namespace}' = $1 LIMIT 1",
                row => (Id: row.GetInt64(0), Text: row.GetString(1)),
                @namespace).ConfigureAwait(false);
            if (requests is [var (id, text)])
            {
                using var message = JsonDocument.Parse(text);
                var metadata = message.RootElement.GetProperty("metadata");
                if (metadata.GetProperty("priority").GetString() is not ("Low" or "Normal" or "High" or "Urgent")
                    || metadata.GetProperty("custom").ValueKind is not JsonValueKind.Object
                    || metadata.GetProperty("requester").GetString() is null)
                {
                    throw new FormatException("The request's metadata is not what the orchestrator reads: " + text);
                }

                var request = message.RootElement.GetProperty("task_request");
                var task = await StartTaskAsync(
                    @namespace,
                    request.GetProperty("name").GetString()!,
                    request.GetProperty("version").GetString()!,
                    request.GetProperty("context").GetRawText(),
                    request.GetProperty("correlation_id").GetGuid(),
                    request.GetProperty("tags").GetRawText()).ConfigureAwait(false);
                await _database.ExecuteAsync("SELECT pgmq.archive('orchestration_task_requests', $1)", id).ConfigureAwait(false);
                return task;
            }
        }
    }

    /// <summary>Creates a task and enqueues its first steps.</summary>
    public async Task<Guid> StartTaskAsync(string @namespace, string name, string version, string context, Guid? correlationId = null, string tags = "[]")
    {
        var template = await _database.QueryAsync(
            """
            SELECT t.named_task_uuid, t.configuration::text FROM tasker.named_tasks t JOIN tasker.task_namespaces n USING (task_namespace_uuid)
            WHERE n.name = $1 AND t.name = $2 AND t.version = $3
            """,
            row => (Id: row.GetGuid(0), Steps: new StoredSteps(row.GetString(1))),
            @namespace,
            name,
            version).ConfigureAwait(false);
        var (templateId, steps) = template.Single();
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var task = await _database.ScalarAsync<Guid>(
                """
                INSERT INTO tasker.tasks (
                    named_task_uuid, requested_at, initiator, source_system, reason, context, identity_hash, created_at, updated_at, correlation_id, tags)
                VALUES ($1, now(), 'test', 'test', 'test', $2::jsonb, gen_random_uuid()::text, now(), now(), $3, $4::jsonb) RETURNING task_uuid
                """,
                templateId,
                context,
                correlationId ?? Guid.NewGuid(),
                tags).ConfigureAwait(false);
            var open = new OpenTask(task, @namespace, steps);
            _open[task] = open;
            await TaskStateAsync(open, null, "pending").ConfigureAwait(false);
            var created = new Dictionary<string, Guid>();
            foreach (var step in steps.Initial())
                created[step.Name] = await CreateStepAsync(open, step, step.Name, step.Inputs, initialTransition: true).ConfigureAwait(false);
            foreach (var step in steps.Initial())
            {
                foreach (var dependency in step.Dependencies.Where(created.ContainsKey))
                    await EdgeAsync(created[dependency], created[step.Name], "provides").ConfigureAwait(false);
            }

            await TaskStateAsync(open, "pending", "initializing").ConfigureAwait(false);
            await EnqueueReadyAsync(open, "initializing").ConfigureAwait(false);
            return task;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>Waits until a task has come to rest.</summary>
    /// <returns>The task's state.</returns>
    public async Task<string> WaitAsync(Guid task, CancellationToken cancellationToken)
    {
        try
        {
            return await _open[task].Finished.Task.WaitAsync(TimeSpan.FromSeconds(60), cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception) when (Errors.TryPeek(out var error))
        {
            throw new InvalidOperationException("The stand-in orchestrator met an error: " + error, exception);
        }
    }

    /// <summary>Cancels a task and its steps, as <c>DELETE /v1/tasks</c> does (§8.9).</summary>
    public async Task CancelAsync(Guid task)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            foreach (var step in await StepsAsync(task).ConfigureAwait(false))
            {
                if (step.State is "complete" or "cancelled" or "resolved_manually")
                    continue;
                await StepStateAsync(step.Id, step.State, "cancelled", """{"type":"Cancel"}""").ConfigureAwait(false);
                await _database.ExecuteAsync(
                    "UPDATE tasker.workflow_steps SET processed = true, in_process = false, processed_at = now(), updated_at = now() WHERE workflow_step_uuid = $1",
                    step.Id).ConfigureAwait(false);
            }

            await FinishAsync(_open[task], "cancelled").ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
        _stop.Dispose();
        _turn.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            await Task.Delay(Interval, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_open.IsEmpty)
                continue;
            await _turn.WaitAsync().ConfigureAwait(false);
            try
            {
                await ProcessResultsAsync().ConfigureAwait(false);
                foreach (var task in _open.Values.Where(task => task.Waiting))
                    await EnqueueReadyAsync(task, "waiting_for_dependencies").ConfigureAwait(false);
            }
            catch (Exception exception)
            {
                // The server may be restarting, or a result is unreadable; its message is still there.
                Errors.Enqueue(exception);
            }
            finally
            {
                _turn.Release();
            }
        }
    }

    private async Task ProcessResultsAsync()
    {
        foreach (var message in await _queues.ReadResultsAsync([.. _open.Keys]).ConfigureAwait(false))
        {
            if (_open.TryGetValue(message.Task, out var task) && !task.Finished.Task.IsCompleted)
                await ProcessAsync(task, message.Step).ConfigureAwait(false);
            await message.Done().ConfigureAwait(false);
        }
    }

    /// <summary>One result (§8.2).</summary>
    private async Task ProcessAsync(OpenTask task, Guid stepId)
    {
        var row = (await _database.QueryAsync(
            """
            SELECT ws.results::text, COALESCE(ws.attempts, 0), COALESCE(ws.max_attempts, 0), t.to_state, ns.name
            FROM tasker.workflow_steps ws JOIN tasker.named_steps ns USING (named_step_uuid)
            JOIN tasker.workflow_step_transitions t ON t.workflow_step_uuid = ws.workflow_step_uuid AND t.most_recent
            WHERE ws.workflow_step_uuid = $1
            """,
            row => (Results: row.GetString(0), Attempts: row.GetInt32(1), MaxAttempts: row.GetInt32(2), State: row.GetString(3), Name: row.GetString(4)),
            stepId).ConfigureAwait(false)).Single();
        var result = StrictResult.Read(row.Results);
        if (result.StepId != stepId)
            throw new FormatException($"The results of step {stepId} are those of {result.StepId}.");
        if (result.HasOrchestrationMetadata)
        {
            var backoff = result.RetryAfterSeconds ?? (int)Math.Min(Math.Pow(2, row.Attempts), 3600);
            await _database.ExecuteAsync(
                "UPDATE tasker.workflow_steps SET backoff_request_seconds = $2, last_attempted_at = now(), updated_at = now() WHERE workflow_step_uuid = $1",
                stepId,
                backoff).ConfigureAwait(false);
        }

        if (row.State == "enqueued_for_orchestration")
            await AcceptAsync(task, stepId, row.Name, row.Results, result).ConfigureAwait(false);
        else if (row.State == "enqueued_as_error_for_orchestration")
            await RefuseAsync(stepId, row.Attempts, row.MaxAttempts, result).ConfigureAwait(false);
        else
            return;

        await TaskStateAsync(task, "steps_in_process", "evaluating_results").ConfigureAwait(false);
        await EnqueueReadyAsync(task, "evaluating_results").ConfigureAwait(false);
    }

    private async Task AcceptAsync(OpenTask task, Guid stepId, string name, string results, StrictResult result)
    {
        if (!result.Success)
            throw new FormatException("A failure was reported as a success.");
        await StepStateAsync(stepId, "enqueued_for_orchestration", "complete", $$"""{"type":"Complete","data":{{results}}}""").ConfigureAwait(false);
        await _database.ExecuteAsync(
            "UPDATE tasker.workflow_steps SET processed = true, in_process = false, processed_at = now(), results = $2::jsonb, updated_at = now() WHERE workflow_step_uuid = $1",
            stepId,
            results).ConfigureAwait(false);
        if (result.Status != "completed")
            return;
        if (task.Steps.Find(name) is { Type: "decision" })
            await DecideAsync(task, stepId, result.Result.GetProperty("decision_point_outcome")).ConfigureAwait(false);
        else if (task.Steps.Find(name) is { Type: "batchable" } analyzer)
            await SplitAsync(task, stepId, analyzer, result.Result.GetProperty("batch_processing_outcome")).ConfigureAwait(false);
    }

    private async Task RefuseAsync(Guid stepId, int attempts, int maxAttempts, StrictResult result)
    {
        var message = JsonEncodedText.Encode(result.ErrorMessage ?? "").ToString();
        if (result.Retryable && attempts < maxAttempts)
        {
            await StepStateAsync(
                stepId,
                "enqueued_as_error_for_orchestration",
                "waiting_for_retry",
                $$"""{"type":"WaitForRetry","data":"{{message}} - retryable"}""").ConfigureAwait(false);
        }
        else
        {
            await StepStateAsync(stepId, "enqueued_as_error_for_orchestration", "error", $$"""{"type":"Fail","data":"{{message}}"}""").ConfigureAwait(false);
        }
    }

    /// <summary>The chosen steps, then every convergence that waits for one of them (§8.4).</summary>
    private async Task DecideAsync(OpenTask task, Guid decision, JsonElement outcome)
    {
        if (outcome.GetProperty("type").GetString() != "create_steps")
            return;
        var chosen = outcome.GetProperty("step_names").EnumerateArray().Select(name => name.GetString()!).ToHashSet();
        var created = (await StepsAsync(task.Id).ConfigureAwait(false)).ToDictionary(step => step.Name, step => step.Id);
        foreach (var step in task.Steps.All.Where(step => chosen.Contains(step.Name)
            || (step.Type == "deferred_convergence" && step.Dependencies.Any(chosen.Contains))))
        {
            var id = created[step.Name] = await CreateStepAsync(task, step, step.Name, step.Inputs, initialTransition: false).ConfigureAwait(false);
            foreach (var dependency in step.Dependencies)
            {
                if (created.TryGetValue(dependency, out var from))
                    await EdgeAsync(from, id, "provides").ConfigureAwait(false);
                else if (step.Type != "deferred_convergence")
                    await EdgeAsync(decision, id, "provides").ConfigureAwait(false);
            }
        }
    }

    /// <summary>An instance a batch, or the placeholder, then the convergences (§8.5).</summary>
    private async Task SplitAsync(OpenTask task, Guid analyzerId, StoredStep analyzer, JsonElement outcome)
    {
        var none = outcome.GetProperty("type").GetString() == "no_batches";
        var workerName = none
            ? analyzer.Initialization.GetProperty("worker_template_name").GetString()!
            : outcome.GetProperty("worker_template_name").GetString()!;
        var worker = task.Steps.Find(workerName)!;
        var cursors = none
            ? ["""{"batch_id":"000","start_cursor":0,"end_cursor":0,"batch_size":0}"""]
            : outcome.GetProperty("cursor_configs").EnumerateArray().Select(cursor => cursor.GetRawText()).ToList();
        var batch = worker.BatchConfiguration;
        var instances = new List<Guid>();
        foreach (var cursor in cursors)
        {
            using var parsed = JsonDocument.Parse(cursor);
            var inputs = $$"""
                {"cursor":{{cursor}},"batch_metadata":{"cursor_field":{{batch.GetProperty("cursor_field").GetRawText()}},
                "failure_strategy":{{batch.GetProperty("failure_strategy").GetRawText()}}},"is_no_op":{{(none ? "true" : "false")}},"__template_step_name":"{{workerName}}"}
                """;
            var name = $"{workerName}_{parsed.RootElement.GetProperty("batch_id").GetString()}";
            var id = await CreateStepAsync(task, worker, name, inputs, initialTransition: false).ConfigureAwait(false);
            await EdgeAsync(analyzerId, id, "batch_dependency").ConfigureAwait(false);
            instances.Add(id);
        }

        foreach (var step in task.Steps.All.Where(step => step.Type == "deferred_convergence" && step.Dependencies.Contains(workerName)))
        {
            var id = await CreateStepAsync(task, step, step.Name, step.Inputs, initialTransition: false).ConfigureAwait(false);
            foreach (var instance in instances)
                await EdgeAsync(instance, id, "worker_to_convergence").ConfigureAwait(false);
        }
    }

    /// <summary>Finalization (§8.7): blocked, next wave, still running, complete, or waiting, in this order.</summary>
    private async Task EnqueueReadyAsync(OpenTask task, string from)
    {
        task.Waiting = false;
        var steps = await StepsAsync(task.Id).ConfigureAwait(false);
        var ready = steps.Where(step => step.Ready && step.DueAfter(BackoffSecond)).ToList();
        if (steps.Any(step => step.State == "error"))
        {
            await FinishAsync(task, "blocked_by_failures").ConfigureAwait(false);
        }
        else if (ready.Count > 0)
        {
            await TaskStateAsync(task, from, "enqueuing_steps").ConfigureAwait(false);
            foreach (var step in ready)
                await EnqueueAsync(task, step).ConfigureAwait(false);
            await TaskStateAsync(task, "enqueuing_steps", "steps_in_process").ConfigureAwait(false);
        }
        else if (steps.Any(step => step.State is "enqueued" or "in_progress" or "enqueued_for_orchestration" or "enqueued_as_error_for_orchestration"))
        {
            // The task stays where it is until the next result.
        }
        else if (steps.Count > 0 && steps.All(step => step.State == "complete"))
        {
            await _database.ExecuteAsync("UPDATE tasker.tasks SET complete = true, updated_at = now() WHERE task_uuid = $1", task.Id).ConfigureAwait(false);
            await FinishAsync(task, "complete").ConfigureAwait(false);
        }
        else
        {
            task.Waiting = true;
            if (from != "waiting_for_dependencies")
                await TaskStateAsync(task, from, "waiting_for_dependencies").ConfigureAwait(false);
        }
    }

    private async Task EnqueueAsync(OpenTask task, StepRow step)
    {
        if (step.State == "waiting_for_retry")
            await StepStateAsync(step.Id, "waiting_for_retry", "pending", """{"type":"Retry"}""").ConfigureAwait(false);
        await StepStateAsync(step.Id, "pending", "enqueued", """{"type":"Enqueue"}""").ConfigureAwait(false);
        var correlation = await _database.ScalarAsync<Guid>("SELECT correlation_id FROM tasker.tasks WHERE task_uuid = $1", task.Id).ConfigureAwait(false);
        await _queues.SendStepAsync(task.Namespace, task.Id, step.Id, correlation).ConfigureAwait(false);
    }

    private async Task FinishAsync(OpenTask task, string state)
    {
        await TaskStateAsync(task, null, state).ConfigureAwait(false);
        task.Finished.TrySetResult(state);
    }

    private async Task<Guid> CreateStepAsync(OpenTask task, StoredStep step, string name, string? inputs, bool initialTransition)
    {
        var named = await _database.ScalarAsync<Guid>(
            """
            WITH created AS (INSERT INTO tasker.named_steps (name, created_at, updated_at) VALUES ($1, now(), now()) ON CONFLICT (name) DO NOTHING RETURNING named_step_uuid)
            SELECT named_step_uuid FROM created UNION ALL SELECT named_step_uuid FROM tasker.named_steps WHERE name = $1 LIMIT 1
            """,
            name).ConfigureAwait(false);
        var id = await _database.ScalarAsync<Guid>(
            """
            INSERT INTO tasker.workflow_steps (task_uuid, named_step_uuid, retryable, max_attempts, inputs, created_at, updated_at)
            VALUES ($1, $2, $3, $4, $5::jsonb, now(), now()) RETURNING workflow_step_uuid
            """,
            task.Id,
            named,
            step.Retryable,
            step.MaxAttempts,
            inputs).ConfigureAwait(false);
        if (initialTransition)
        {
            await _database.ExecuteAsync(
                """
                INSERT INTO tasker.workflow_step_transitions (workflow_step_uuid, to_state, metadata, sort_key, most_recent, created_at, updated_at)
                VALUES ($1, 'pending', '{"initial_state":"pending","from_service":"task_initializer"}', 1, true, now(), now())
                """,
                id).ConfigureAwait(false);
        }

        return id;
    }

    private Task<int> EdgeAsync(Guid from, Guid to, string name) => _database.ExecuteAsync(
        "INSERT INTO tasker.workflow_step_edges (from_step_uuid, to_step_uuid, name, created_at, updated_at) VALUES ($1, $2, $3, now(), now())",
        from,
        to,
        name);

    private Task<int> StepStateAsync(Guid step, string from, string to, string @event) => _database.ExecuteAsync(
        """
        WITH last AS (SELECT COALESCE(max(sort_key), 0) AS sort_key FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = $1),
        flipped AS (
            UPDATE tasker.workflow_step_transitions SET most_recent = false, updated_at = now()
            WHERE workflow_step_uuid = $1 AND most_recent RETURNING 1)
        INSERT INTO tasker.workflow_step_transitions (workflow_step_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
        SELECT $1, $3, $2, jsonb_build_object('event', $4, 'timestamp', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"')),
            last.sort_key + 1, true, now(), now()
        FROM last LEFT JOIN flipped ON true
        """,
        step,
        from,
        to,
        @event);

    private Task<int> TaskStateAsync(OpenTask task, string? from, string to) => _database.ExecuteAsync(
        """
        WITH last AS (
            SELECT COALESCE(max(sort_key), 0) AS sort_key, max(to_state) FILTER (WHERE most_recent) AS state
            FROM tasker.task_transitions WHERE task_uuid = $1),
        flipped AS (UPDATE tasker.task_transitions SET most_recent = false, updated_at = now() WHERE task_uuid = $1 AND most_recent RETURNING 1)
        INSERT INTO tasker.task_transitions (task_uuid, to_state, from_state, metadata, sort_key, most_recent, created_at, updated_at)
        SELECT $1, $3, COALESCE(last.state, $2), '{}', last.sort_key + 1, true, now(), now() FROM last LEFT JOIN flipped ON true
        """,
        task.Id,
        from,
        to);

    private Task<List<StepRow>> StepsAsync(Guid task) => _database.QueryAsync(
        """
        SELECT ws.workflow_step_uuid, ns.name, COALESCE(t.to_state, 'pending'),
            COALESCE(t.to_state, 'pending') IN ('pending', 'waiting_for_retry') AND NOT ws.processed AND NOT ws.in_process
                AND (COALESCE(ws.attempts, 0) = 0 OR (ws.retryable AND ws.attempts < COALESCE(ws.max_attempts, 3)))
                AND NOT EXISTS (
                    SELECT FROM tasker.workflow_step_edges e
                    LEFT JOIN tasker.workflow_step_transitions p ON p.workflow_step_uuid = e.from_step_uuid AND p.most_recent
                    WHERE e.to_step_uuid = ws.workflow_step_uuid AND COALESCE(p.to_state, 'pending') NOT IN ('complete', 'resolved_manually')),
            CASE WHEN COALESCE(ws.attempts, 0) = 0 THEN 0 ELSE COALESCE(ws.backoff_request_seconds, 0) END,
            EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - COALESCE(ws.last_attempted_at, now() AT TIME ZONE 'UTC'))::float8
        FROM tasker.workflow_steps ws JOIN tasker.named_steps ns USING (named_step_uuid)
        LEFT JOIN tasker.workflow_step_transitions t ON t.workflow_step_uuid = ws.workflow_step_uuid AND t.most_recent
        WHERE ws.task_uuid = $1 ORDER BY ws.workflow_step_uuid
        """,
        row => new StepRow(row.GetGuid(0), row.GetString(1), row.GetString(2), row.GetBoolean(3), row.GetInt32(4), row.GetDouble(5)),
        task);

    private sealed record StepRow(Guid Id, string Name, string State, bool Ready, int BackoffSeconds, double SecondsSince)
    {
        public bool DueAfter(TimeSpan second) => SecondsSince >= BackoffSeconds * second.TotalSeconds;
    }

    private sealed record OpenTask(Guid Id, string Namespace, StoredSteps Steps)
    {
        public TaskCompletionSource<string> Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Only time can make a step ready.</summary>
        public bool Waiting { get; set; }
    }
}
