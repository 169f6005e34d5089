using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>What was acknowledged survives an engine that ends without a word.</summary>
public sealed class RecoveryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_started_task_survives_a_crash_and_goes_on()
    {
        var blocked = new Gate();
        var flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), blocked.RunAsync).Step("c", "b");
        var id = await CrashAsync(flow, blocked, """{"n":1}""");

        blocked.Open();
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal("""{"n":1}""", Flow.Text(task.Context));
        Assert.Equal([1, 2, 1], task.Steps.Select(step => step.Attempts));
        Assert.Equal(1, flow.Runs["a"]);
        Assert.Equal(2, flow.Runs["b"]);
    }

    [Fact]
    public async Task A_context_and_a_result_as_deep_as_can_be_survive_a_crash()
    {
        const int Deepest = 64;
        var deep = new string('[', Deepest - 1) + new string(']', Deepest - 1);
        var blocked = new Gate();
        var flow = new Flow()
            .Add(Flow.Define("a", []), (_, outcome) =>
            {
                WriteNested(outcome.BeginObject(), Deepest);
                outcome.End();
                return default;
            })
            .Add(Flow.Define("b", ["a"]), blocked.RunAsync);
        var id = await CrashAsync(flow, blocked, $$"""{"x":{{deep}}}""");

        blocked.Open();
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal($$"""{"x":{{deep}}}""", Flow.Text((await host.Client.GetAsync(id, EngineHost.Token))!.Context));
        Assert.Equal(5 * (Deepest - 1) + Deepest + 1, task.FindStep("a")!.Result.Length);
    }

    [Fact]
    public async Task A_result_that_no_step_could_read_fails_the_step_that_returns_it()
    {
        var flow = new Flow().Add(Flow.Define("a", []), (_, outcome) =>
        {
            WriteNested(outcome.BeginObject(), 65);
            outcome.End();
            return default;
        });
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.BlockedByFailures, task.State);
        Assert.Contains("the maximum allowed depth of 64", task.Steps[0].Failure!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_step_that_takes_its_process_down_again_and_again_is_not_tried_forever()
    {
        var blocked = new Gate();
        var flow = new Flow().Add(Flow.Define("poison", [], retry: new RetryPolicy { MaxAttempts = 2 }), blocked.RunAsync);
        var id = await CrashAsync(flow, blocked);
        for (var i = 0; i < 2; i++)
        {
            var host = await StartAsync(flow);
            await blocked.EnteredAsync();
            await ClaimedAsync(host, id, "poison");
            await CrashAsync(host);
        }

        await using var last = await StartAsync(flow);
        var task = await last.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.BlockedByFailures, task.State);
        Assert.Equal(3, task.Steps[0].Attempts);
        Assert.Equal("interrupted", task.Steps[0].Failure!.ErrorType);
        Assert.Equal(3, flow.Runs["poison"]);
    }

    [Fact]
    public async Task A_running_branch_of_a_decision_goes_on_and_nothing_is_created_twice()
    {
        var blocked = new Gate();
        var flow = new Flow()
            .Decision("route", [], _ => Decision.Route("left", "right"))
            .Add(Flow.Define("left", ["route"]), blocked.RunAsync)
            .Step("right", "route")
            .Step("other", "route")
            .Decision("again", ["left"], _ => Decision.Route("deep"))
            .Step("deep", "again")
            .Step("shallow", "again")
            .Converge("inner", "deep", "shallow")
            .Converge("outer", "inner", "right", "other");
        var id = await CrashAsync(flow, blocked);

        blocked.Open();
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["route", "left", "right", "again", "deep", "inner", "outer"], task.Steps.Select(step => step.Name));
        Assert.Equal(["inner", "right"], task.FindStep("outer")!.Dependencies);
        Assert.Equal(1, flow.Runs["route"]);
    }

    [Fact]
    public async Task Batches_go_on_from_their_checkpoints()
    {
        var blocked = new Gate();
        var resumedFrom = new List<long>();
        var flow = new Flow()
            .Batches("analyze", [], "process", _ => BatchPlan.ForItems(10, 10))
            .Add(
                Flow.Define("process", ["analyze"], StepType.BatchWorker),
                async (context, outcome) =>
                {
                    var batch = new BatchContext(context);
                    resumedFrom.Add(batch.Resume(batch.Start));
                    if (!batch.HasCheckpoint)
                        await batch.CheckpointAsync(6, 6, context.CancellationToken);
                    await blocked.RunAsync(context, outcome);
                },
                HandlerKind.BatchWorker)
            .Converge("aggregate", "process");
        var id = await CrashAsync(flow, blocked);

        blocked.Open();
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal([0, 6], resumedFrom);
        Assert.Equal(2, task.FindStep("process_001")!.Attempts);
    }

    [Fact]
    public async Task A_retry_timer_goes_on_after_a_restart()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        var flow = new Flow().Fails(
            "flaky",
            [],
            RetryPolicy.Default,
            context => context.RetryCount == 0 ? new StepFailure { Message = "Later.", ErrorType = "x", Retryable = true, RetryAfter = TimeSpan.FromMinutes(10) } : null);
        Guid id;
        await using (var first = await StartAsync(flow, time))
        {
            var task = await first.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
            id = task.Id;
            await foreach (var now in task.WatchAsync(EngineHost.Token))
            {
                if (now.State is TaskState.WaitingForRetry)
                    break;
            }
        }

        time.Advance(TimeSpan.FromMinutes(4));
        await using var second = await StartAsync(flow, time);
        var waiting = await second.Client.GetAsync(id, EngineHost.Token);
        time.Advance(TimeSpan.FromMinutes(6));
        var done = await second.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.WaitingForRetry, waiting!.State);
        Assert.Equal(TimeSpan.FromMinutes(10), waiting.Steps[0].NextAttemptAt - waiting.CreatedAt);
        Assert.Equal((TaskState.Complete, 2), (done.State, done.Steps[0].Attempts));
    }

    [Fact]
    public async Task A_step_handed_back_at_shutdown_does_not_count_as_an_attempt()
    {
        var entered = new TaskCompletionSource();
        var flow = new Flow().Add(Flow.Define("slow", []), async (context, outcome) =>
        {
            if (entered.TrySetResult())
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            await Flow.Ran(context, outcome);
        });
        Guid id;
        await using (var first = await StartAsync(flow))
        {
            id = (await first.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token)).Id;
            await entered.Task;
        }

        await using var second = await StartAsync(flow);
        var done = await second.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal((TaskState.Complete, 1), (done.State, done.Steps[0].Attempts));
        Assert.Equal(2, flow.Runs["slow"]);
    }

    [Fact]
    public async Task A_task_whose_template_is_gone_is_left_untouched_and_goes_on_when_it_is_back()
    {
        var blocked = new Gate();
        var flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), blocked.RunAsync);
        var id = await CrashAsync(flow, blocked);

        await using (var without = await StartAsync(new Flow("other").Step("x")))
        {
            Assert.Contains(without.Logged, line => line.StartsWith($"302: Task {id} is left as it is: this host has no template 'tests/flow/1.0.0'", StringComparison.Ordinal));
            var read = await without.Client.GetAsync(id, EngineHost.Token);
            Assert.Equal(TaskState.StepsInProcess, read!.State);
            await Assert.ThrowsAsync<InvalidOperationException>(async () => await without.Client.WaitAsync(id, EngineHost.Token));
        }

        blocked.Open();
        await using var host = await StartAsync(flow);
        var task = await host.Client.WaitAsync(id, EngineHost.Token);
        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal([1, 2], task.Steps.Select(step => step.Attempts));
    }

    [Fact]
    public async Task A_finished_task_stays_finished()
    {
        var flow = new Flow().Step("a").Step("b", "a");
        TaskSnapshot before;
        await using (var first = await StartAsync(flow))
            before = await first.RunAsync(flow);

        await using var second = await StartAsync(flow);
        var after = await second.Client.WaitAsync(before.TaskId, EngineHost.Token);

        Assert.Equal((before.State, before.CompletedAt, before.CreatedAt), (after.State, after.CompletedAt, after.CreatedAt));
        Assert.Equal(1, flow.Runs["a"]);
        Assert.Contains("300: Embedded engine started; 0 unfinished tasks go on", second.Logged);
    }

    [Fact]
    public async Task Tasks_crashed_at_any_moment_all_finish_with_each_result_kept()
    {
        var flow = new Flow().Step("a").Step("b", "a").Step("c", "a").Step("d", "b", "c");
        var started = new List<Guid>();
        for (var round = 0; round < 5; round++)
        {
            var host = await StartAsync(flow);
            var starts = Enumerable.Range(0, 200).Select(async _ => (await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token)).Id).ToArray();
            await Task.WhenAny(starts.Skip(20 * round));
            await CrashAsync(host);
            foreach (var start in starts)
            {
                try
                {
                    started.Add(await start);
                }
                catch (InvalidOperationException)
                {
                    // Not acknowledged: it may or may not exist.
                }
            }
        }

        await using var last = await StartAsync(flow);
        foreach (var id in started)
        {
            var task = await last.Client.WaitAsync(id, EngineHost.Token);
            Assert.Equal(TaskState.Complete, task.State);
            Assert.All(task.Steps, step => Assert.Equal($$"""{"ran":"{{step.Name}}"}""", Flow.Text(step.Result)));
        }

        Assert.True(started.Count >= 5);
    }

    private Task<EngineHost> StartAsync(Flow flow, TimeProvider? time = null) =>
        EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString), [flow], time);

    /// <summary>Starts a task, waits until its blocked step runs and is recorded, and ends the engine.</summary>
    private async Task<Guid> CrashAsync(Flow flow, Gate blocked, string context = "{}")
    {
        var host = await StartAsync(flow);
        var task = await host.Client.StartAsync(flow.Template, context, cancellationToken: EngineHost.Token);
        var step = await blocked.EnteredAsync();
        await ClaimedAsync(host, task.Id, step);
        await CrashAsync(host);
        return task.Id;
    }

    private static async Task ClaimedAsync(EngineHost host, Guid id, string step)
    {
        // An answer of the engine follows a commit, which then includes the claim.
        var task = await host.Client.GetAsync(id, EngineHost.Token);
        Assert.Equal(StepState.InProgress, task!.FindStep(step)!.State);
    }

    private static async Task CrashAsync(EngineHost host)
    {
        host.Crash();
        await host.DisposeAsync();
    }

    private static void WriteNested(System.Text.Json.Utf8JsonWriter writer, int levels)
    {
        writer.WriteStartObject();
        for (var i = 1; i < levels; i++)
            writer.WriteStartObject("x");
        for (var i = 0; i < levels; i++)
            writer.WriteEndObject();
    }
}
