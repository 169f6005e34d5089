using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Handlers;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>What the engine does, whatever store it has.</summary>
public abstract class EngineTests
{
    protected abstract void Use(TaskerBuilder tasker);

    [Fact]
    public async Task A_linear_task_runs_its_steps_in_order_and_passes_results_on()
    {
        var seen = new List<string>();
        var flow = new Flow().Step("a").Step("b", "a").Add(Flow.Define("c", ["b"]), (context, outcome) =>
        {
            seen.AddRange(context.Step.Dependencies.All().Select(result => result.Step + "=" + Flow.Text(result.Result)));
            return Flow.Ran(context, outcome);
        });
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow, """{"amount":5}""");

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["a", "b", "c"], task.Steps.Select(step => step.Name));
        Assert.All(task.Steps, step => Assert.Equal((StepState.Complete, 1), (step.State, step.Attempts)));
        Assert.Equal(["""a={"ran":"a"}""", """b={"ran":"b"}"""], seen);
        Assert.Equal("""{"amount":5}""", Flow.Text(task.Context));
        Assert.NotNull(task.CompletedAt);
    }

    [Fact]
    public async Task A_diamond_waits_for_both_sides()
    {
        var ancestors = Array.Empty<string>();
        var flow = new Flow().Step("top").Step("left", "top").Step("right", "top").Add(Flow.Define("bottom", ["left", "right"]), (context, outcome) =>
        {
            ancestors = [.. context.Step.Dependencies.All().Select(result => result.Step)];
            Assert.True(context.Step.Dependencies.TryGet("top", out _));
            Assert.False(context.Step.Dependencies.TryGet("bottom", out _));
            return Flow.Ran(context, outcome);
        });
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["top", "left", "right"], ancestors);
        Assert.All(flow.Runs.Values, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData("auto_approve")]
    [InlineData("manager_approval")]
    [InlineData("manager_approval,finance_review")]
    public async Task A_decision_creates_what_it_names_and_the_convergence_waits_for_the_part_that_exists(string chosen)
    {
        var flow = Approval(_ => Decision.Route([.. chosen.Split(',').Select(name => new StepName(name))]));
        await using var host = await StartAsync(flow);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);

        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal(["validate_request", "routing_decision", .. chosen.Split(','), "finalize_approval"], done.Steps.Select(step => step.Name));
        Assert.Equal(chosen.Split(','), done.FindStep("finalize_approval")!.Dependencies);
    }

    [Fact]
    public async Task A_task_with_a_decision_begins_with_the_steps_before_it()
    {
        var gate = new TaskCompletionSource();
        var flow = new Flow("held")
            .Add(Flow.Define("validate_request", []), async (context, outcome) =>
            {
                await gate.Task;
                await Flow.Ran(context, outcome);
            })
            .Decision("routing_decision", ["validate_request"], _ => Decision.Route("auto_approve"))
            .Step("auto_approve", "routing_decision")
            .Converge("finalize_approval", "auto_approve");
        await using var host = await StartAsync(flow);

        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        var begun = await host.Client.GetAsync(task.Id, EngineHost.Token);
        gate.SetResult();

        Assert.Equal(["validate_request", "routing_decision"], begun!.Steps.Select(step => step.Name));
        Assert.Equal(TaskState.StepsInProcess, begun.State);
        Assert.Equal(TaskState.Complete, (await task.WaitAsync(EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_decision_that_takes_no_branch_still_converges()
    {
        var flow = Approval(_ => Decision.Skip("nothing to approve"));
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["validate_request", "routing_decision", "finalize_approval"], task.Steps.Select(step => step.Name));
        Assert.Equal(["routing_decision"], task.FindStep("finalize_approval")!.Dependencies);
    }

    [Theory]
    [InlineData("auto_aprove", "which the template does not have")]
    [InlineData("validate_request", "which is not downstream of it")]
    public async Task A_decision_that_names_a_wrong_step_fails_and_says_what_it_can_name(string name, string why)
    {
        var flow = Approval(_ => Decision.Route(name));
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.BlockedByFailures, task.State);
        var failure = task.FirstFailure()!;
        Assert.Equal("routing_decision", failure.Name);
        Assert.Equal(1, failure.Attempts);
        Assert.False(failure.Failure!.Retryable);
        Assert.Equal(
            $"Decision 'routing_decision' named the step '{name}', {why}. It can name: 'auto_approve', 'manager_approval', 'finance_review', 'finalize_approval'.",
            failure.Failure.Message);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(1000)]
    public async Task A_batch_plan_creates_an_instance_a_batch_and_converges_after_all(int batches)
    {
        long total = 0;
        var flow = Csv(_ => BatchPlan.ForItems(batches * 10L, 10), context => total = Sum(context));
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(batches + 2, task.Steps.Length);
        Assert.Equal(batches * 10L, total);
        Assert.Equal(batches, task.FindStep("aggregate")!.Dependencies.Length);
        Assert.Equal("process", task.FindStep("process_001")!.TemplateStep);
        Assert.Equal(["analyze"], task.FindStep("process_001")!.Dependencies);
    }

    [Fact]
    public async Task An_empty_batch_plan_runs_one_placeholder_and_converges()
    {
        var inputs = "";
        var flow = Csv(_ => BatchPlan.ForItems(0, 10), context => inputs = Flow.Text(context.Step.Dependencies.All().Last().Result));
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["analyze", "process_000", "aggregate"], task.Steps.Select(step => step.Name));
        Assert.False(flow.Runs.ContainsKey("process_000"));
        Assert.Contains("\"no_op\":true", inputs, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_is_tried_until_it_succeeds_and_every_attempt_counts()
    {
        var flow = new Flow().Fails("flaky", [], Tries(3), context => context.RetryCount < 2 ? Broken(retryable: true) : null);
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal((StepState.Complete, 3), (task.Steps[0].State, task.Steps[0].Attempts));
        Assert.Null(task.Steps[0].Failure);
        Assert.Equal(3, flow.Runs["flaky"]);
    }

    [Theory]
    [InlineData(3, true, 3)]
    [InlineData(1, true, 1)]
    [InlineData(0, true, 1)]
    [InlineData(3, false, 1)]
    public async Task A_step_that_keeps_failing_ends_its_task_in_error(int maxAttempts, bool retryable, int expectedRuns)
    {
        var flow = new Flow().Fails("broken", [], Tries(maxAttempts), _ => Broken(retryable)).Step("after", "broken");
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.BlockedByFailures, task.State);
        Assert.Equal(expectedRuns, flow.Runs["broken"]);
        Assert.Equal((StepState.Error, expectedRuns, "It is broken."), (task.Steps[0].State, task.Steps[0].Attempts, task.Steps[0].Failure!.Message));
        Assert.Equal(StepState.Pending, task.FindStep("after")!.State);
        Assert.False(flow.Runs.ContainsKey("after"));
    }

    [Fact]
    public async Task Other_branches_go_on_when_one_fails()
    {
        var gate = new TaskCompletionSource();
        var flow = new Flow()
            .Fails("broken", [], Tries(1), _ => Broken(retryable: true))
            .Add(Flow.Define("slow", []), async (context, outcome) =>
            {
                await gate.Task;
                await Flow.Ran(context, outcome);
            })
            .Step("after_slow", "slow")
            .Step("after_both", "broken", "slow");
        await using var host = await StartAsync(flow);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        await foreach (var now in task.WatchAsync(EngineHost.Token))
        {
            if (now.FindStep("broken")!.State is StepState.Error)
                break;
        }

        gate.SetResult();
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.BlockedByFailures, done.State);
        Assert.Equal(
            [StepState.Error, StepState.Complete, StepState.Complete, StepState.Pending],
            done.Steps.Select(step => step.State));
    }

    [Theory]
    [InlineData(long.MinValue, TaskState.BlockedByFailures)]
    [InlineData(0, TaskState.BlockedByFailures)]
    [InlineData(-TimeSpan.TicksPerMillisecond, TaskState.Complete)]
    [InlineData(long.MaxValue, TaskState.Complete)]
    public async Task A_timeout_that_no_timer_takes_still_lets_its_step_end(long ticks, TaskState expected)
    {
        var flow = new Flow().Add(
            Flow.Define("a", [], retry: new RetryPolicy { MaxAttempts = 1 }) with { Timeout = TimeSpan.FromTicks(ticks) },
            async (context, outcome) =>
            {
                if (expected is TaskState.BlockedByFailures)
                    await Task.Delay(Timeout.Infinite, context.CancellationToken);
                await Flow.Ran(context, outcome);
            });
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal((expected, expected is TaskState.Complete ? null : "handler_timeout"), (task.State, task.Steps[0].Failure?.ErrorType));
    }

    [Fact]
    public async Task A_retry_waits_for_its_backoff()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        var policy = new RetryPolicy { MaxAttempts = 3, Backoff = BackoffStrategy.Exponential, BackoffBase = TimeSpan.FromSeconds(10), MaxBackoff = TimeSpan.FromMinutes(1) };
        var flow = new Flow().Fails("flaky", [], policy, context => context.RetryCount == 0 ? Broken(retryable: true) : null);
        await using var host = await StartAsync(flow, time);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        var waiting = await WatchUntilAsync(task, now => now.State is TaskState.WaitingForRetry);

        var due = waiting.Steps[0].NextAttemptAt!.Value - time.GetUtcNow();
        Assert.InRange(due, TimeSpan.FromSeconds(8.5), TimeSpan.FromSeconds(10));
        time.Advance(due - TimeSpan.FromMilliseconds(2));
        Assert.Equal(StepState.WaitingForRetry, (await host.Client.GetAsync(task.Id, EngineHost.Token))!.Steps[0].State);
        time.Advance(TimeSpan.FromMilliseconds(3));

        var done = await task.WaitAsync(EngineHost.Token);
        Assert.Equal((TaskState.Complete, 2), (done.State, done.Steps[0].Attempts));
    }

    [Theory]
    [InlineData(45, 45)]
    [InlineData(-1, 0)]
    [InlineData(90_000, 3_600)]
    public async Task Retry_after_overrides_the_backoff_within_bounds(int askedSeconds, int expectedSeconds)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        var flow = new Flow().Fails(
            "limited",
            [],
            RetryPolicy.Default,
            context => context.RetryCount == 0 ? Broken(retryable: true) with { RetryAfter = TimeSpan.FromSeconds(askedSeconds) } : null);
        await using var host = await StartAsync(flow, time);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);

        if (expectedSeconds > 0)
        {
            var waiting = await WatchUntilAsync(task, now => now.State is TaskState.WaitingForRetry);
            Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), waiting.Steps[0].NextAttemptAt - time.GetUtcNow());
            time.Advance(TimeSpan.FromSeconds(expectedSeconds));
        }

        Assert.Equal(2, (await task.WaitAsync(EngineHost.Token)).Steps[0].Attempts);
    }

    [Fact]
    public async Task A_retry_finds_the_checkpoint_of_the_attempt_before()
    {
        var resumed = 0L;
        var flow = new Flow()
            .Batches("analyze", [], "process", _ => BatchPlan.ForItems(10, 10))
            .Add(
                Flow.Define("process", ["analyze"], StepType.BatchWorker),
                async (context, outcome) =>
                {
                    var batch = new BatchContext(context);
                    if (context.RetryCount == 0)
                    {
                        await batch.CheckpointAsync(7, 7, context.CancellationToken);
                        throw new RetryableException("The connection broke.");
                    }

                    resumed = batch.Resume(batch.Start);
                    outcome.BeginBatchResult(BatchResult.Of(batch.End - resumed));
                    outcome.End();
                },
                HandlerKind.BatchWorker)
            .Converge("aggregate", "process");
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(7, resumed);
        Assert.Equal(7, JsonDocument.Parse(task.FindStep("process_001")!.Checkpoint).RootElement.GetProperty("cursor").GetInt32());
    }

    [Fact]
    public async Task Many_tasks_at_once_all_finish_with_each_step_run_once()
    {
        var flow = new Flow().Step("a").Step("b", "a").Step("c", "a").Step("d", "b", "c");
        await using var host = await StartAsync(flow);

        var tasks = await Task.WhenAll(Enumerable.Range(0, 500).Select(_ => host.RunAsync(flow)));

        Assert.All(tasks, task => Assert.Equal(TaskState.Complete, task.State));
        Assert.Equal(500, tasks.Select(task => task.TaskId).Distinct().Count());
        Assert.All(flow.Runs.Values, count => Assert.Equal(500, count));
        Assert.Equal(2000, tasks.SelectMany(task => task.Steps).Select(step => step.StepId).Distinct().Count());
    }

    [Fact]
    public async Task A_finished_task_can_still_be_read_and_waited_for()
    {
        var flow = new Flow().Step("a").Fails("b", ["a"], Tries(1), _ => Broken(retryable: false) with { ErrorCode = "E7", Context = new Dictionary<string, string> { ["row"] = "9" }, Metadata = new Dictionary<string, string> { ["read"] = "8" } });
        await using var host = await StartAsync(flow);
        var waited = await host.RunAsync(flow, """{"q":"ä"}""");

        var read = await host.Client.GetAsync(waited.TaskId, EngineHost.Token);
        var again = await host.Client.WaitAsync(waited.TaskId, EngineHost.Token);

        AssertSame(waited, read!);
        AssertSame(waited, again);
    }

    [Fact]
    public async Task A_task_nobody_started_is_not_found()
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow);
        var id = Guid.NewGuid();

        Assert.Null(await host.Client.GetAsync(id, EngineHost.Token));
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await host.Client.WaitAsync(id, EngineHost.Token));
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await WatchUntilAsync(new TaskHandle(host.Client, id), _ => true));
    }

    [Theory]
    [InlineData("[1]", "must be a JSON object")]
    [InlineData("", "not valid JSON")]
    [InlineData("{\"a\":", "not valid JSON")]
    [InlineData("{} {}", "not valid JSON")]
    public async Task A_context_that_is_not_a_json_object_is_refused(string context, string message)
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow);

        var error = await Assert.ThrowsAsync<ValidationException>(
            async () => await host.Client.StartJsonAsync(flow.Template, System.Text.Encoding.UTF8.GetBytes(context), cancellationToken: EngineHost.Token));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains("tests/flow/1.0.0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_template_that_the_host_does_not_have_is_refused()
    {
        await using var host = await StartAsync(new Flow().Step("a"));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => host.RunAsync(new Flow("other").Step("a")));

        Assert.Contains("no template 'tests/other/1.0.0'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Higher_priority_runs_first()
    {
        var gate = new TaskCompletionSource();
        var order = new List<string>();
        var flow = new Flow().Add(Flow.Define("a", []), async (context, outcome) =>
        {
            var name = Flow.Text(context.Step.TaskContext);
            if (name.Contains("first", StringComparison.Ordinal))
                await gate.Task;
            order.Add(name);
            await Flow.Ran(context, outcome);
        });
        await using var host = await StartAsync(flow, slots: 1);
        var tasks = new List<TaskHandle>();
        foreach (var (name, priority) in new[] { ("first", 0), ("low", -5), ("normal", 0), ("high", 100) })
        {
            var options = new StartOptions { Priority = priority };
            tasks.Add(await host.Client.StartAsync(flow.Template, $$"""{"n":"{{name}}"}""", options, EngineHost.Token));
            if (name == "first")
                await WatchUntilAsync(tasks[0], now => now.Steps[0].State is StepState.InProgress);
        }

        gate.SetResult();
        foreach (var task in tasks)
            await task.WaitAsync(EngineHost.Token);

        Assert.Equal(["""{"n":"first"}""", """{"n":"high"}""", """{"n":"normal"}""", """{"n":"low"}"""], order);
    }

    [Fact]
    public async Task A_result_of_a_megabyte_is_kept_whole()
    {
        var text = new string('x', 1_000_000);
        var flow = new Flow().Add(Flow.Define("large", []), (_, outcome) =>
        {
            outcome.BeginValue().WriteStringValue(text);
            outcome.End();
            return default;
        }).Add(Flow.Define("reader", ["large"]), (context, outcome) =>
        {
            Assert.True(context.Step.Dependencies.TryGet("large", out var result));
            outcome.BeginValue().WriteNumberValue(result.Length);
            outcome.End();
            return default;
        });
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal("""{"result":1000013}""", Flow.Text(task.FindStep("reader")!.Result));
        Assert.Equal(1_000_013, (await host.Client.GetAsync(task.TaskId, EngineHost.Token))!.FindStep("large")!.Result.Length);
    }

    protected Task<EngineHost> StartAsync(Flow flow, TimeProvider? time = null, int slots = 8) =>
        EngineHost.StartAsync(Use, [flow], time, slots);

    protected static async Task<TaskSnapshot> WatchUntilAsync(TaskHandle task, Func<TaskSnapshot, bool> reached)
    {
        await foreach (var now in task.WatchAsync(EngineHost.Token))
        {
            if (reached(now))
                return now;
        }

        throw new InvalidOperationException("The task finished before.");
    }

    protected static void AssertSame(TaskSnapshot expected, TaskSnapshot actual)
    {
        Assert.Equal(Describe(expected), Describe(actual));

        static string Describe(TaskSnapshot task) => string.Join('\n', task.Steps
            .Select(step =>
                $"{step.StepId} {step.Name} {step.TemplateStep} {step.Type} {step.State} {step.Attempts}/{step.MaxAttempts} " +
                $"[{string.Join(',', step.Dependencies)}] {Flow.Text(step.Result)} {step.CompletedAt:O} {step.NextAttemptAt:O} {Flow.Text(step.Checkpoint)} " +
                $"{step.Failure?.Message} {step.Failure?.ErrorType} {step.Failure?.ErrorCode} {step.Failure?.Retryable} {string.Join(',', step.Failure?.Context ?? new Dictionary<string, string>())} {string.Join(',', step.Failure?.Metadata ?? new Dictionary<string, string>())}")
            .Prepend($"{task.TaskId} {task.Namespace}/{task.Name}/{task.Version} {task.State} {Flow.Text(task.Context)} {task.CorrelationId} {task.CreatedAt:O} {task.CompletedAt:O}"));
    }

    protected static RetryPolicy Tries(int maxAttempts) => new() { MaxAttempts = maxAttempts, Backoff = BackoffStrategy.None };

    protected static StepFailure Broken(bool retryable) => new() { Message = "It is broken.", ErrorType = "broken", Retryable = retryable };

    protected static Flow Approval(Func<StepContext, Decision> decide) => new Flow("approval")
        .Step("validate_request")
        .Decision("routing_decision", ["validate_request"], decide)
        .Step("auto_approve", "routing_decision")
        .Step("manager_approval", "routing_decision")
        .Step("finance_review", "routing_decision")
        .Converge("finalize_approval", "auto_approve", "manager_approval", "finance_review");

    protected static Flow Csv(Func<StepContext, BatchPlan> plan, Action<StepContext> aggregate) => new Flow("csv")
        .Batches("analyze", [], "process", plan)
        .Worker("process", "analyze")
        .Add(Flow.Define("aggregate", ["process"], StepType.DeferredConvergence), (context, outcome) =>
        {
            aggregate(context);
            return Flow.Ran(context, outcome);
        });

    protected static long Sum(StepContext context) => context.Step.Dependencies.All()
        .Where(result => result.TemplateStep == "process")
        .Sum(result => JsonDocument.Parse(result.Result).RootElement.GetProperty("items_processed").GetInt64());
}

public sealed class InMemoryEngineTests : EngineTests
{
    protected override void Use(TaskerBuilder tasker) => Microsoft.Extensions.DependencyInjection.EmbeddedTaskerBuilderExtensions.UseEmbeddedInMemory(tasker);
}
