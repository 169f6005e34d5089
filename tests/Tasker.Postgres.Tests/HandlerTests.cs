using System.Text.Json;
using Npgsql;
using Tasker.Handlers;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;
using Tasker.Templates;

namespace Tasker.Postgres.Tests;

/// <summary>What handlers return and read, as the orchestrator of the sheet understands it.</summary>
public sealed class HandlerTests(Databases databases)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task A_retryable_failure_is_tried_again_and_sees_its_attempts()
    {
        var attempts = new List<(int, bool)>();
        var flow = new CoreFlow();
        flow.Add(flow.Define("shaky", []), (context, outcome) =>
        {
            attempts.Add((context.RetryCount, context.IsLastRetry));
            if (context.RetryCount == 2)
                return CoreFlow.Ran(context, outcome);
            outcome.SetFailure(new StepFailure { Message = "not yet", ErrorType = "busy", Retryable = true, RetryAfter = TimeSpan.FromSeconds(7) });
            return default;
        });

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal([(0, false), (1, false), (2, true)], attempts);
        Assert.Equal(
            [
                "pending", "enqueued", "in_progress", "enqueued_as_error_for_orchestration", "waiting_for_retry", "pending", "enqueued", "in_progress",
                "enqueued_as_error_for_orchestration", "waiting_for_retry", "pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete",
            ],
            await Database.StatesAsync(task, "shaky"));
        Assert.Equal("3", await Database.StepAsync(task, "shaky", "attempts"));
    }

    [Fact]
    public async Task A_delay_travels_in_the_only_place_that_the_orchestrator_reads()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("busy", [], maxAttempts: 1), (_, outcome) =>
        {
            outcome.SetFailure(new StepFailure { Message = "later", ErrorType = "busy", Retryable = true, RetryAfter = TimeSpan.FromSeconds(90) });
            return default;
        });

        var (state, task) = await RunAsync(flow);

        Assert.Equal("blocked_by_failures", state);
        Assert.Equal("90", await Database.StepAsync(task, "busy", "backoff_request_seconds"));
        Assert.Equal(["pending", "enqueued", "in_progress", "enqueued_as_error_for_orchestration", "error"], await Database.StatesAsync(task, "busy"));
    }

    [Fact]
    public async Task A_permanent_failure_ends_the_step_and_blocks_the_task()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("broken", []), (_, _) => throw new PermanentException("this cannot work")).Step("after", "broken");

        var (state, task) = await RunAsync(flow);

        Assert.Equal("blocked_by_failures", state);
        Assert.Equal(["pending", "enqueued", "in_progress", "enqueued_as_error_for_orchestration", "error"], await Database.StatesAsync(task, "broken"));
        Assert.Equal("failed", await Database.StepAsync(task, "broken", "results ->> 'status'"));
        Assert.Equal("this cannot work", await Database.StepAsync(task, "broken", "results #>> '{error,message}'"));
        Assert.False(flow.Runs.ContainsKey("after"));
    }

    [Fact]
    public async Task A_decision_creates_its_branch_and_the_convergence_reads_only_that()
    {
        string? seen = null;
        var flow = new CoreFlow().Step("begin").Decide("choose", "begin", "left").Step("left", "choose").Step("right", "choose");
        flow.Add(flow.Define("join", ["left", "right"], StepType.DeferredConvergence), (context, outcome) =>
        {
            seen = string.Join(",", context.Step.Dependencies.All().Select(one => one.Step).Order(StringComparer.Ordinal));
            return CoreFlow.Ran(context, outcome);
        });

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal("begin,choose,left", seen);
        Assert.Equal(
            ["enqueued", "in_progress", "enqueued_for_orchestration", "complete"],
            await Database.StatesAsync(task, "left"));
    }

    [Fact]
    public async Task Batches_run_as_instances_with_their_own_cursor_and_converge()
    {
        var converged = new List<string>();
        var sizes = new System.Collections.Concurrent.ConcurrentBag<long>();
        var flow = Batches(BatchPlan.ForItems(250, 100), converged, sizes);

        var (state, _) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal([50, 100, 100], sizes.Order());
        Assert.Equal(["work_001 of work", "work_002 of work", "work_003 of work"], converged);
    }

    [Fact]
    public async Task The_placeholder_of_an_empty_plan_succeeds_without_its_handler()
    {
        var converged = new List<string>();
        var flow = Batches(BatchPlan.Empty("nothing to do"), converged, []);

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal(["work_000 of work"], converged);
        Assert.False(flow.Runs.ContainsKey("work_000"));
        Assert.Equal("true", await Database.StepAsync(task, "work_000", "results #> '{result,no_op}'"));
    }

    [Fact]
    public async Task A_checkpoint_is_stored_in_the_sheets_shape_and_the_next_attempt_resumes_from_it()
    {
        long resumedFrom = -1;
        var flow = new CoreFlow().Plan("plan", BatchPlan.ForItems(100, 100));
        flow.Add(
            flow.Define("work", ["plan"], StepType.BatchWorker),
            async (context, outcome) =>
            {
                var batch = new BatchContext(context);
                if (!context.IsRetry)
                {
                    await batch.CheckpointAsync(20, 20, context.CancellationToken);
                    await batch.CheckpointAsync(40, 40, context.CancellationToken);
                    throw new RetryableException("the connection broke");
                }

                resumedFrom = batch.Resume(batch.Start);
                outcome.BeginBatchResult(BatchResult.Of(batch.Size));
                outcome.End();
            },
            HandlerKind.BatchWorker);

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal(40, resumedFrom);
        using var stored = JsonDocument.Parse(await Database.StepAsync(task, "work_001", "checkpoint"));
        Assert.Equal(40, stored.RootElement.GetProperty("cursor").GetInt64());
        Assert.Equal(40, stored.RootElement.GetProperty("items_processed").GetInt64());
        Assert.Equal(JsonValueKind.Null, stored.RootElement.GetProperty("accumulated_results").ValueKind);
        Assert.Equal([20, 40], stored.RootElement.GetProperty("history").EnumerateArray().Select(one => one.GetProperty("cursor").GetInt32()));
        Assert.True(stored.RootElement.GetProperty("timestamp").TryGetDateTimeOffset(out _));
    }

    [Fact]
    public async Task A_batch_that_yields_goes_on_from_its_checkpoint_in_the_same_attempt()
    {
        var starts = new List<long>();
        var flow = new CoreFlow().Plan("plan", BatchPlan.ForItems(100, 100));
        flow.Add(
            flow.Define("work", ["plan"], StepType.BatchWorker),
            (context, outcome) =>
            {
                var batch = new BatchContext(context);
                var from = batch.Resume(batch.Start);
                starts.Add(from);
                outcome.BeginBatchResult(from < 60 ? batch.Yield(from + 30, from + 30) : BatchResult.Of(batch.Size));
                outcome.End();
                return default;
            },
            HandlerKind.BatchWorker);

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Equal([0, 30, 60], starts);
        Assert.Equal("1", await Database.StepAsync(task, "work_001", "attempts"));
        Assert.Equal(["enqueued", "in_progress", "enqueued_for_orchestration", "complete"], await Database.StatesAsync(task, "work_001"));
        Assert.Equal("60", await Database.StepAsync(task, "work_001", "checkpoint ->> 'cursor'"));
    }

    [Fact]
    public async Task A_retry_knows_why_the_attempt_before_failed()
    {
        StepFailure? previous = null;
        var flow = new CoreFlow();
        flow.Add(flow.Define("shaky", []), (context, outcome) =>
        {
            if (!context.IsRetry)
                throw new RetryableException("the first time");
            previous = context.Step.PreviousFailure;
            return CoreFlow.Ran(context, outcome);
        });

        await RunAsync(flow);

        Assert.Equal("the first time", previous?.Message);
    }

    [Fact]
    public async Task A_result_of_ten_megabytes_is_stored_and_read_by_the_next_step()
    {
        const int size = 10 * 1024 * 1024;
        long read = 0;
        var flow = new CoreFlow()
            .Step("large", [], _ => $$"""{"text":"{{new string('x', size)}}"}""")
            .Step("reader", ["large"], context =>
            {
                Assert.True(context.Step.Dependencies.TryGet("large", out var result));
                read = result.Length;
                return "{}";
            });

        var (state, _) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.True(read > size);
    }

    [Fact]
    public async Task A_result_that_the_database_cannot_hold_fails_its_step_and_no_other()
    {
        var flow = new CoreFlow().Step("zero", [], _ => """{"text":"a\u0000b"}""");
        for (var i = 0; i < 8; i++)
            flow.Step("good_" + i);

        var (state, task) = await RunAsync(flow);

        Assert.Equal("blocked_by_failures", state);
        Assert.Equal("result_not_storable", await Database.StepAsync(task, "zero", "results #>> '{error,error_type}'"));
        for (var i = 0; i < 8; i++)
            await Database.UntilAsync("SELECT $1 <> 'null'", await Database.StepAsync(task, "good_" + i, "results"));
    }

    /// <summary>PostgreSQL stores such a result, but the orchestrator would give up on it at each delivery of its message.</summary>
    [Theory]
    [InlineData("[", 200, "nested more than 100 levels")]
    [InlineData("1e400", 1, "beyond what a double can hold")]
    [InlineData("9", 400, "beyond what a double can hold")]
    public async Task A_result_that_the_orchestrator_cannot_read_fails_its_step(string part, int times, string problem)
    {
        var value = string.Concat(Enumerable.Repeat(part, times)) + (part == "[" ? new string(']', times) : "");
        var flow = new CoreFlow();
        flow.Add(flow.Define("odd", []), (_, outcome) =>
        {
            outcome.BeginObject().WriteRawValue($$"""{"value":{{value}}}""", skipInputValidation: true);
            outcome.End();
            return default;
        });

        var (state, task) = await RunAsync(flow);

        Assert.Equal("blocked_by_failures", state);
        Assert.Contains(problem, await Database.StepAsync(task, "odd", "results #>> '{error,message}'"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1e-400")]
    [InlineData("1.7976931348623157e308")]
    [InlineData("123456789012345678901234567890")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]")]
    public async Task A_result_at_the_edge_of_what_the_orchestrator_reads_is_stored(string value)
    {
        var flow = new CoreFlow().Step("odd", [], _ => $$"""{"value":{{value}}}""");

        var (state, _) = await RunAsync(flow);

        Assert.Equal("complete", state);
    }

    [Fact]
    public async Task A_failure_whose_text_the_database_cannot_hold_stays_the_failure_that_it_is()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("shaky", []), (context, outcome) =>
        {
            if (!context.IsRetry)
                throw new RetryableException("a\0b");
            return CoreFlow.Ran(context, outcome);
        });

        var (state, task) = await RunAsync(flow);

        Assert.Equal("complete", state);
        Assert.Contains("enqueued_as_error_for_orchestration", await Database.StatesAsync(task, "shaky"));
    }

    [Fact]
    public async Task A_result_of_another_language_that_is_no_object_is_wrapped_and_a_broken_one_reads_as_empty()
    {
        var seen = new Dictionary<string, string>();
        var flow = new CoreFlow().Step("first").Step("second");
        await using var orchestrator = new StandInOrchestrator(Database);
        var gate = new TaskCompletionSource();
        flow.Add(flow.Define("gate", []), async (context, outcome) =>
        {
            await gate.Task;
            await CoreFlow.Ran(context, outcome);
        });
        flow.Step("reader", ["first", "second", "gate"], context =>
        {
            foreach (var ancestor in context.Step.Dependencies.All())
                seen[ancestor.Step] = CoreFlow.Text(ancestor.Result);
            return "{}";
        });
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        await Database.UntilAsync("SELECT count(*) = 2 FROM tasker.workflow_steps WHERE task_uuid = $1 AND processed", task);
        await SetResultsAsync(task, "first", """{"result":5}""");
        await SetResultsAsync(task, "second", "\"garbage\"");
        gate.SetResult();

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Equal("""{"result":5}""", seen["first"]);
        Assert.Equal("{}", seen["second"]);
    }

    private Task<int> SetResultsAsync(Guid task, string step, string results) => Fixture.Queries.ExecuteAsync(
        Database,
        """
        UPDATE tasker.workflow_steps ws SET results = $3::jsonb FROM tasker.named_steps ns
        WHERE ns.named_step_uuid = ws.named_step_uuid AND ws.task_uuid = $1 AND ns.name = $2
        """,
        task,
        step,
        results);

    private static CoreFlow Batches(BatchPlan plan, List<string> converged, System.Collections.Concurrent.ConcurrentBag<long> sizes)
    {
        var flow = new CoreFlow().Plan("plan", plan);
        flow.Add(
            flow.Define("work", ["plan"], StepType.BatchWorker),
            (context, outcome) =>
            {
                var batch = new BatchContext(context);
                sizes.Add(batch.Size);
                outcome.BeginBatchResult(BatchResult.Of(batch.Size));
                outcome.End();
                return default;
            },
            HandlerKind.BatchWorker);
        flow.Add(flow.Define("join", ["work"], StepType.DeferredConvergence), (context, outcome) =>
        {
            converged.AddRange(context.Step.Dependencies.All().Where(one => one.TemplateStep == "work").Select(one => $"{one.Step} of {one.TemplateStep}").Order(StringComparer.Ordinal));
            return CoreFlow.Ran(context, outcome);
        });
        return flow;
    }

    private async Task<(string State, Guid Task)> RunAsync(CoreFlow flow)
    {
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        var state = await orchestrator.WaitAsync(task, CoreHost.Token);
        Assert.Empty(orchestrator.Errors);
        return (state, task);
    }
}
