using System.Text.Json;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>The rows that one step leaves behind, against Appendix A of the protocol sheet.</summary>
public sealed class RowTraceTests(Databases databases)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task A_success_leaves_the_rows_of_the_sheet()
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");

        var task = await RunAsync(flow, "complete");

        Assert.Equal(
            [
                (1, null, "pending", "from_service,initial_state", null),
                (2, "pending", "enqueued", "event,timestamp", "Enqueue"),
                (3, "enqueued", "in_progress", "event,tasker_dotnet,timestamp", "Start"),
                (4, "in_progress", "enqueued_for_orchestration", "correlation_id,event,timestamp,worker_uuid", "EnqueueForOrchestration"),
                (5, "enqueued_for_orchestration", "complete", "event,timestamp", "Complete"),
            ],
            await TraceAsync(task, "first"));

        var row = (await Database.QueryAsync(
            """
            SELECT ws.in_process, ws.processed, ws.processed_at IS NOT NULL, ws.attempts, ws.backoff_request_seconds IS NOT NULL, ws.results::text,
                t.correlation_id, abs(EXTRACT(EPOCH FROM now() AT TIME ZONE 'UTC' - ws.last_attempted_at)) < 60
            FROM tasker.workflow_steps ws JOIN tasker.named_steps ns USING (named_step_uuid) JOIN tasker.tasks t USING (task_uuid)
            WHERE ws.task_uuid = $1 AND ns.name = 'first'
            """,
            r => (r.GetBoolean(0), r.GetBoolean(1), r.GetBoolean(2), r.GetInt32(3), r.GetBoolean(4), Results: r.GetString(5), Correlation: r.GetGuid(6), Recent: r.GetBoolean(7)),
            task)).Single();
        Assert.Equal((false, true, true, 1, true), (row.Item1, row.Item2, row.Item3, row.Item4, row.Item5));
        Assert.True(row.Recent);

        // The event's data is the stored result, and the worker is named by a UUID.
        var metadata = await Database.ScalarAsync<string>(
            """
            SELECT t.metadata::text FROM tasker.workflow_step_transitions t JOIN tasker.workflow_steps ws USING (workflow_step_uuid)
            JOIN tasker.named_steps ns USING (named_step_uuid)
            WHERE ws.task_uuid = $1 AND ns.name = 'first' AND t.to_state = 'enqueued_for_orchestration'
            """,
            task);
        using var stored = JsonDocument.Parse(metadata);
        using var @event = JsonDocument.Parse(stored.RootElement.GetProperty("event").GetString()!);
        Assert.Equal(["type", "data"], @event.RootElement.EnumerateObject().Select(member => member.Name));
        using var results = JsonDocument.Parse(row.Results);
        Assert.True(JsonElement.DeepEquals(results.RootElement, @event.RootElement.GetProperty("data")));
        Assert.Equal("""{"ran": "first"}""", results.RootElement.GetProperty("result").GetRawText());
        var worker = stored.RootElement.GetProperty("worker_uuid").GetString()!;
        Assert.True(Guid.TryParseExact(worker, "D", out _));
        Assert.Equal(row.Correlation.ToString(), stored.RootElement.GetProperty("correlation_id").GetString());
        Assert.EndsWith("+00:00", stored.RootElement.GetProperty("timestamp").GetString(), StringComparison.Ordinal);

        // One audit row, by the trigger; its duration is null because tasker-core reads it from the wrong level.
        var audit = (await Database.QueryAsync(
            "SELECT worker_uuid, correlation_id, success, execution_time_ms IS NULL FROM tasker.workflow_step_result_audit WHERE task_uuid = $1 ORDER BY recorded_at",
            r => (r.GetGuid(0), r.GetGuid(1), r.GetBoolean(2), r.GetBoolean(3)),
            task)).First();
        Assert.Equal((Guid.Parse(worker), row.Correlation, true, true), audit);

        Assert.Equal(0, await Database.ScalarAsync<long>($"SELECT count(*) FROM pgmq.q_{flow.Queue}"));
        Assert.Equal(2, await Database.ScalarAsync<long>($"SELECT count(*) FROM pgmq.a_{flow.Queue}"));
        Assert.Equal(2, await Database.ScalarAsync<long>(
            "SELECT count(*) FROM pgmq.a_orchestration_step_results WHERE message ->> 'task_uuid' = $1 AND message ->> 'correlation_id' = $2",
            task.ToString(),
            row.Correlation.ToString()));
    }

    [Fact]
    public async Task A_retryable_failure_and_then_a_success_leave_the_rows_of_the_sheet()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("shaky", []), (context, outcome) => context.IsRetry ? CoreFlow.Ran(context, outcome) : throw new RetryableException("not yet"));

        var task = await RunAsync(flow, "complete");

        Assert.Equal(
            [
                (1, null, "pending", "from_service,initial_state", null),
                (2, "pending", "enqueued", "event,timestamp", "Enqueue"),
                (3, "enqueued", "in_progress", "event,tasker_dotnet,timestamp", "Start"),
                (4, "in_progress", "enqueued_as_error_for_orchestration", "correlation_id,event,timestamp,worker_uuid", "EnqueueAsErrorForOrchestration"),
                (5, "enqueued_as_error_for_orchestration", "waiting_for_retry", "event,timestamp", "WaitForRetry"),
                (6, "waiting_for_retry", "pending", "event,timestamp", "Retry"),
                (7, "pending", "enqueued", "event,timestamp", "Enqueue"),
                (8, "enqueued", "in_progress", "event,tasker_dotnet,timestamp", "Start"),
                (9, "in_progress", "enqueued_for_orchestration", "correlation_id,event,timestamp,worker_uuid", "EnqueueForOrchestration"),
                (10, "enqueued_for_orchestration", "complete", "event,timestamp", "Complete"),
            ],
            await TraceAsync(task, "shaky"));
        Assert.Equal([false, true], await AuditAsync(task));
        Assert.Equal("2", await Database.StepAsync(task, "shaky", "attempts"));
        Assert.Equal(2, await Database.ArchivedAsync(flow));
    }

    [Fact]
    public async Task A_permanent_failure_leaves_the_rows_of_the_sheet()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("broken", []), (_, _) => throw new PermanentException("never"));

        var task = await RunAsync(flow, "blocked_by_failures");

        Assert.Equal(
            [
                (4, "in_progress", "enqueued_as_error_for_orchestration", "correlation_id,event,timestamp,worker_uuid", "EnqueueAsErrorForOrchestration"),
                (5, "enqueued_as_error_for_orchestration", "error", "event,timestamp", "Fail"),
            ],
            (await TraceAsync(task, "broken")).Skip(3));
        Assert.Equal([false], await AuditAsync(task));
    }

    /// <summary>Steps that a decision creates have no row for <c>pending</c>, and the numbers begin with the next.</summary>
    [Fact]
    public async Task A_step_created_by_a_decision_begins_with_its_second_row()
    {
        var flow = new CoreFlow().Step("begin").Decide("choose", "begin", "left").Step("left", "choose");

        var task = await RunAsync(flow, "complete");

        Assert.Equal(
            [
                (1, "pending", "enqueued", "event,timestamp", "Enqueue"),
                (2, "enqueued", "in_progress", "event,tasker_dotnet,timestamp", "Start"),
                (3, "in_progress", "enqueued_for_orchestration", "correlation_id,event,timestamp,worker_uuid", "EnqueueForOrchestration"),
                (4, "enqueued_for_orchestration", "complete", "event,timestamp", "Complete"),
            ],
            await TraceAsync(task, "left"));
    }

    private async Task<Guid> RunAsync(CoreFlow flow, string end)
    {
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        Assert.Equal(end, await orchestrator.WaitAsync(task, CoreHost.Token));
        return task;
    }

    /// <summary>Whether each attempt succeeded, as the trigger has it.</summary>
    private Task<List<bool>> AuditAsync(Guid task) => Database.QueryAsync(
        "SELECT success FROM tasker.workflow_step_result_audit WHERE task_uuid = $1 ORDER BY recorded_at",
        row => row.GetBoolean(0),
        task);

    private async Task<List<(int SortKey, string? From, string To, string Keys, string? Event)>> TraceAsync(Guid task, string step) =>
        await Database.QueryAsync(
            """
            SELECT t.sort_key, t.from_state, t.to_state, (SELECT string_agg(k, ',' ORDER BY k) FROM jsonb_object_keys(t.metadata) k),
                (t.metadata ->> 'event')::jsonb ->> 'type'
            FROM tasker.workflow_step_transitions t JOIN tasker.workflow_steps ws USING (workflow_step_uuid) JOIN tasker.named_steps ns USING (named_step_uuid)
            WHERE ws.task_uuid = $1 AND ns.name = $2 ORDER BY t.sort_key
            """,
            r => (r.GetInt32(0), r.IsDBNull(1) ? null : r.GetString(1), r.GetString(2), r.GetString(3), r.IsDBNull(4) ? null : r.GetString(4)),
            task,
            step);
}
