using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>What people do to tasks, whatever store there is: cancel, mend, find, look back.</summary>
public abstract class OperationsTests
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));

    private bool _mended;

    protected abstract void Use(TaskerBuilder tasker);

    private Task<EngineHost> StartAsync(params Flow[] flows) => EngineHost.StartAsync(Use, flows, _time);

    private static async Task<TaskHandle> StartTaskAsync(EngineHost host, Flow flow, StartOptions? options = null, string context = "{}") =>
        await host.Client.StartAsync(flow.Template, context, options, EngineHost.Token);

    [Fact]
    public async Task Cancelling_stops_the_running_handler_and_every_step_that_is_not_done()
    {
        var gate = new Gate();
        var flow = new Flow().Step("a").Add(Flow.Define("b", ["a"]), gate.RunAsync).Step("c", "b");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        var waiting = task.WaitAsync(EngineHost.Token);

        var cancelled = await task.CancelAsync(EngineHost.Token);

        Assert.Equal("b", await gate.StoppedAsync());
        Assert.Equal(TaskState.Cancelled, cancelled.State);
        Assert.Equal([StepState.Complete, StepState.Cancelled, StepState.Cancelled], cancelled.Steps.Select(step => step.State));
        Assert.Equal(_time.GetUtcNow(), cancelled.CompletedAt);
        Assert.Equal(TaskState.Cancelled, (await waiting).State);
        Assert.Equal(TaskState.Cancelled, (await task.CancelAsync(EngineHost.Token)).State);
        Assert.False(flow.Runs.ContainsKey("c"));
        var noResult = await Assert.ThrowsAsync<TaskFailedException>(async () => await task.ResultOf(new StepRef<string>("b", Flow.RawJson), EngineHost.Token));
        Assert.Equal($"Step 'b' has no result: it is in 'cancelled', and task {task.Id} in 'cancelled'.", noResult.Message);

        // The slot is free again, and what the stopped handler reported changed nothing.
        gate.Open();
        Assert.Equal(TaskState.Complete, (await host.RunAsync(flow)).State);
        Assert.Equal(StepState.Cancelled, (await task.GetAsync(EngineHost.Token)).FindStep("b")!.State);
    }

    [Fact]
    public async Task Cancelling_keeps_ready_and_retrying_steps_from_running()
    {
        var gate = new Gate();
        var flow = new Flow()
            .Add(Flow.Define("holds", []), gate.RunAsync)
            .Fails("flaky", [], RetryPolicy.Default, _ => Broken(retryable: true))
            .Step("ready");
        await using var host = await EngineHost.StartAsync(Use, [flow], _time, slots: 2);
        var first = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        await UntilAsync(first, task => task.FindStep("flaky")!.State is StepState.WaitingForRetry && task.FindStep("ready")!.State is StepState.Complete);

        var cancelled = await first.CancelAsync(EngineHost.Token);
        _time.Advance(TimeSpan.FromHours(1));
        await gate.StoppedAsync();

        Assert.Null(cancelled.FindStep("flaky")!.NextAttemptAt);
        Assert.Equal(StepState.Cancelled, (await first.GetAsync(EngineHost.Token)).FindStep("flaky")!.State);
        Assert.Equal(1, flow.Runs["flaky"]);
    }

    [Fact]
    public async Task A_task_that_is_cancelled_before_a_slot_is_free_for_it_never_runs()
    {
        var gate = new Gate();
        var holding = new Flow("holding").Add(Flow.Define("a", []), gate.RunAsync);
        var waiting = new Flow("waiting").Step("a");
        var last = new Flow("last").Step("a");
        await using var host = await EngineHost.StartAsync(Use, [holding, waiting, last], _time, slots: 1);
        var holder = await StartTaskAsync(host, holding);
        await gate.EnteredAsync();
        var task = await StartTaskAsync(host, waiting);
        var behind = await StartTaskAsync(host, last);

        var cancelled = await task.CancelAsync(EngineHost.Token);
        await holder.CancelAsync(EngineHost.Token);

        // The slot is handed to what waits in order, so the task behind it comes after it would have run.
        Assert.Equal(TaskState.Complete, (await behind.WaitAsync(EngineHost.Token)).State);
        Assert.Equal((TaskState.Cancelled, StepState.Cancelled, 0), (cancelled.State, cancelled.Steps[0].State, cancelled.Steps[0].Attempts));
        Assert.Empty(waiting.Runs);
    }

    [Fact]
    public async Task A_finished_task_cannot_be_cancelled_and_an_unknown_one_is_not_found()
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow);
        var task = await host.RunAsync(flow);

        var refused = await Assert.ThrowsAsync<TaskStateException>(async () => await host.Client.CancelAsync(task.TaskId, EngineHost.Token));
        Assert.Equal($"Task {task.TaskId} is in 'complete', so it cannot be cancelled.", refused.Message);
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await host.Client.CancelAsync(Guid.NewGuid(), EngineHost.Token));
    }

    [Fact]
    public async Task A_blocked_task_waits_for_a_person_and_a_reset_really_resets()
    {
        var mended = false;
        var flow = new Flow()
            .Fails("a", [], new RetryPolicy { MaxAttempts = 2, Backoff = BackoffStrategy.None }, _ => mended ? null : Broken(retryable: true))
            .Step("b", "a");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        var blocked = await task.WaitAsync(EngineHost.Token);
        Assert.Equal((TaskState.BlockedByFailures, 2, null), (blocked.State, blocked.Steps[0].Attempts, blocked.CompletedAt));

        mended = true;
        var reset = await task.ResetForRetryAsync("a", "The disk was replaced.", "ada", EngineHost.Token);
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.StepsInProcess, reset.State);
        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal([1, 1], done.Steps.Select(step => step.Attempts));
        Assert.Null(done.Steps[0].Failure);
        Assert.Equal(3, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_reset_step_has_all_its_attempts_again()
    {
        var flow = new Flow().Fails("a", [], new RetryPolicy { MaxAttempts = 2, Backoff = BackoffStrategy.None }, _ => Broken(retryable: true));
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        await task.ResetForRetryAsync("a", "Once more.", "ada", EngineHost.Token);
        var again = await task.WaitAsync(EngineHost.Token);

        Assert.Equal((TaskState.BlockedByFailures, 2), (again.State, again.Steps[0].Attempts));
        Assert.Equal(4, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_step_that_is_resolved_lets_those_below_it_run_without_a_result()
    {
        var seen = new List<string>();
        var flow = new Flow()
            .Fails("a", [], Once, _ => Broken(retryable: false))
            .Add(Flow.Define("b", ["a"]), (context, outcome) =>
            {
                seen.AddRange(context.Step.Dependencies.All().Select(result => result.Step));
                return Flow.Ran(context, outcome);
            });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        await task.ResolveManuallyAsync("a", "Done on paper.", "ada", EngineHost.Token);
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal([StepState.ResolvedManually, StepState.Complete], done.Steps.Select(step => step.State));
        Assert.Empty(seen);
    }

    [Fact]
    public async Task A_step_that_is_completed_by_hand_has_the_result_that_a_person_gave()
    {
        var seen = "";
        var flow = new Flow()
            .Fails("a", [], Once, _ => Broken(retryable: false))
            .Add(Flow.Define("b", ["a"]), (context, outcome) =>
            {
                seen = context.Step.Dependencies.TryGet("a", out var result) ? Flow.Text(result) : "";
                return Flow.Ran(context, outcome);
            });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        await host.Client.ResolveStepAsync(task.Id, "a", StepResolution.CompleteManuallyJson("""{"paid":true}"""u8.ToArray(), "Paid in cash.", "ada"), EngineHost.Token);
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal("""{"paid":true}""", seen);
        Assert.Equal("""{"paid":true}""", Flow.Text(done.Steps[0].Result));
        Assert.Equal(StepState.Complete, done.Steps[0].State);
    }

    [Fact]
    public async Task A_decision_that_is_completed_by_hand_takes_its_branch()
    {
        var flow = new Flow()
            .Add(Flow.Define("route", [], StepType.Decision, Once), (_, outcome) =>
            {
                outcome.SetFailure(Broken(retryable: false));
                return default;
            })
            .Step("left", "route")
            .Step("right", "route")
            .Converge("join", "left", "right");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        var wrong = """{"decision_point_outcome":{"type":"create_steps","step_names":["top"]}}"""u8.ToArray();
        var refused = await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ResolveStepAsync(task.Id, "route", StepResolution.CompleteManuallyJson(wrong, "r", "ada"), EngineHost.Token));
        Assert.Contains("It can name: 'left', 'right'", refused.Message, StringComparison.Ordinal);

        var right = """{"decision_point_outcome":{"type":"create_steps","step_names":["right"]}}"""u8.ToArray();
        await host.Client.ResolveStepAsync(task.Id, "route", StepResolution.CompleteManuallyJson(right, "r", "ada"), EngineHost.Token);
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal(["route", "right", "join"], done.Steps.Select(step => step.Name));
    }

    [Fact]
    public async Task Batches_that_are_planned_by_hand_run_and_an_analyzer_that_is_resolved_plans_none()
    {
        var flow = BrokenPlan();
        await using var host = await StartAsync(flow);
        var planned = await StartTaskAsync(host, flow);
        var skipped = await StartTaskAsync(host, flow);
        await planned.WaitAsync(EngineHost.Token);
        await skipped.WaitAsync(EngineHost.Token);

        var plan =
            """
            {"batch_processing_outcome":{"type":"create_batches","worker_template_name":"process","worker_count":2,"total_items":5,"cursor_configs":[
                {"batch_id":"001","start_cursor":0,"end_cursor":3,"batch_size":3},{"batch_id":"002","start_cursor":3,"end_cursor":5,"batch_size":2}]}}
            """u8.ToArray();
        await host.Client.ResolveStepAsync(planned.Id, "analyze", StepResolution.CompleteManuallyJson(plan, "r", "ada"), EngineHost.Token);
        await host.Client.ResolveStepAsync(skipped.Id, "analyze", StepResolution.ResolveManually("r", "ada"), EngineHost.Token);

        var done = await planned.WaitAsync(EngineHost.Token);
        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal(["analyze", "process_001", "process_002", "sum"], done.Steps.Select(step => step.Name));
        done = await skipped.WaitAsync(EngineHost.Token);
        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal(["analyze", "sum"], done.Steps.Select(step => step.Name));
    }

    [Fact]
    public async Task A_plan_made_by_hand_may_count_in_other_things_than_integers()
    {
        var flow = BrokenPlan();
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        await ResolvePlanAsync(host, task, """{"batch_id":"001","start_cursor":"a","end_cursor":{"key":"m"},"batch_size":0}""");

        var done = await task.WaitAsync(EngineHost.Token);
        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal(["analyze", "process_001", "sum"], done.Steps.Select(step => step.Name));
    }

    [Theory]
    [InlineData("""{"batch_id":"001","start_cursor":9,"end_cursor":3,"batch_size":3}""", "it starts at 9, after its end 3")]
    [InlineData("""{"batch_id":"001","start_cursor":-1,"end_cursor":3,"batch_size":4}""", "it starts at -1, before 0")]
    [InlineData("""{"batch_id":"001","start_cursor":0,"end_cursor":3,"batch_size":4}""", "from 0 to 3 are 3 items, not 4")]
    [InlineData("""{"batch_id":"001","start_cursor":"a","end_cursor":3,"batch_size":0}""", "one of its positions")]
    [InlineData("""{"batch_id":"001","start_cursor":"a","end_cursor":"b","batch_size":-1}""", "size")]
    [InlineData("""{"batch_id":"001","start_cursor":0,"end_cursor":3,"batch_size":"3"}""", "is not what a Batchable step returns")]
    [InlineData("""{"batch_id":"001","start_cursor":0,"end_cursor":3}""", "is not what a Batchable step returns")]
    [InlineData("7", "is not what a Batchable step returns")]
    public async Task A_plan_made_by_hand_that_cannot_be_followed_is_refused_and_changes_nothing(string cursor, string message)
    {
        var flow = BrokenPlan();
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        var refused = await Assert.ThrowsAsync<ValidationException>(() => ResolvePlanAsync(host, task, cursor));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal("analyze:Error", string.Join(' ', (await task.GetAsync(EngineHost.Token)).Steps.Select(step => $"{step.Name}:{step.State}")));
    }

    /// <summary>An analyzer that fails for good, its worker and what comes after.</summary>
    private static Flow BrokenPlan() => new Flow()
        .Add(Flow.Define("analyze", [], StepType.Batchable, Once), (_, outcome) =>
        {
            outcome.SetFailure(Broken(retryable: false));
            return default;
        })
        .Worker("process", "analyze")
        .Converge("sum", "process");

    private static async Task ResolvePlanAsync(EngineHost host, TaskHandle task, string cursor)
    {
        var plan = $$$"""
            {"batch_processing_outcome":{"type":"create_batches","worker_template_name":"process","worker_count":1,"total_items":0,"cursor_configs":[{{{cursor}}}]}}
            """;
        await host.Client.ResolveStepAsync(
            task.Id, "analyze", StepResolution.CompleteManuallyJson(System.Text.Encoding.UTF8.GetBytes(plan), "r", "ada"), EngineHost.Token);
    }

    [Theory]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("{", "is not what a Standard step returns")]
    public async Task A_result_that_is_no_object_is_refused_and_changes_nothing(string json, string message)
    {
        var flow = new Flow().Fails("a", [], Once, _ => Broken(retryable: false));
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        var before = await task.WaitAsync(EngineHost.Token);

        var resolution = StepResolution.CompleteManuallyJson(System.Text.Encoding.UTF8.GetBytes(json), "r", "ada");
        var refused = await Assert.ThrowsAsync<ValidationException>(async () => await host.Client.ResolveStepAsync(task.Id, "a", resolution, EngineHost.Token));

        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
        Assert.Equal(before.Steps[0].State, (await task.GetAsync(EngineHost.Token)).Steps[0].State);
    }

    [Fact]
    public async Task Only_a_failed_step_is_reset_and_only_one_that_is_not_done_is_resolved()
    {
        var flow = new Flow().Step("a").Fails("b", ["a"], Once, _ => Broken(retryable: false)).Step("c", "b");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        await RefusedAsync(StepResolution.ResetForRetry("r", "ada"), "a", "Step 'a' of task {0} is in 'complete'; only a step in 'error' can be reset for a retry.");
        await RefusedAsync(StepResolution.ResetForRetry("r", "ada"), "c", "Step 'c' of task {0} is in 'pending'; only a step in 'error' can be reset for a retry.");
        await RefusedAsync(StepResolution.ResolveManually("r", "ada"), "a", "Step 'a' of task {0} is in 'complete' already; what is done stays as it is.");
        var unknown = await Assert.ThrowsAsync<KeyNotFoundException>(async () => await task.ResetForRetryAsync("x", "r", "ada", EngineHost.Token));
        Assert.Equal($"Task {task.Id} has no step 'x'. It has: 'a', 'b', 'c'.", unknown.Message);
        await Assert.ThrowsAsync<ValidationException>(async () => await task.ResetForRetryAsync("b", "", "ada", EngineHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () => await task.ResetForRetryAsync("b", "r", new string('x', 129), EngineHost.Token));

        async Task RefusedAsync(StepResolution resolution, string step, string message)
        {
            var refused = await Assert.ThrowsAsync<TaskStateException>(async () => await host.Client.ResolveStepAsync(task.Id, step, resolution, EngineHost.Token));
            Assert.Equal(string.Format(System.Globalization.CultureInfo.InvariantCulture, message, task.Id), refused.Message);
        }
    }

    [Fact]
    public async Task A_running_step_that_is_completed_by_hand_is_stopped_and_its_late_result_ignored()
    {
        var gate = new Gate();
        var flow = new Flow().Add(Flow.Define("a", []), gate.RunAsync).Step("b", "a");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();

        await host.Client.ResolveStepAsync(task.Id, "a", StepResolution.CompleteManuallyJson("""{"by":"hand"}"""u8.ToArray(), "r", "ada"), EngineHost.Token);
        await gate.StoppedAsync();
        var done = await task.WaitAsync(EngineHost.Token);

        Assert.Equal(TaskState.Complete, done.State);
        Assert.Equal("""{"by":"hand"}""", Flow.Text(done.Steps[0].Result));
    }

    [Fact]
    public async Task A_late_result_of_the_time_before_a_reset_does_not_count_for_the_time_after()
    {
        var entered = new TaskCompletionSource();
        var late = new TaskCompletionSource();
        var second = new Gate();
        var run = 0;
        var flow = new Flow().Limit(new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(1) }).Add(
            Flow.Define("a", []),
            async (context, outcome) =>
            {
                if (Interlocked.Increment(ref run) > 1)
                {
                    await second.RunAsync(context, outcome);
                    return;
                }

                // A handler that does not obey.
                entered.SetResult();
                await late.Task;
                await Flow.Ran(context, outcome);
            });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await entered.Task;
        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
        await task.ResetForRetryAsync("a", "r", "ada", EngineHost.Token);
        await second.EnteredAsync();

        late.SetResult();
        await UntilIdleAsync(host);

        Assert.Equal((StepState.InProgress, 1), (await task.GetAsync(EngineHost.Token)).Steps.Select(step => (step.State, step.Attempts)).Single());
        await task.CancelAsync(EngineHost.Token);
        await second.StoppedAsync();
    }

    [Fact]
    public async Task A_task_that_people_finished_is_resolved_and_leaves_no_step_behind()
    {
        var flow = new Flow().Step("a").Fails("b", ["a"], Once, _ => Broken(retryable: false)).Step("c", "b");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await task.WaitAsync(EngineHost.Token);

        var resolved = await task.ResolveAsync("Shipped by hand.", "ada", EngineHost.Token);

        Assert.Equal(TaskState.ResolvedManually, resolved.State);
        Assert.Equal([StepState.Complete, StepState.Cancelled, StepState.Cancelled], resolved.Steps.Select(step => step.State));
        await Assert.ThrowsAsync<TaskStateException>(async () => await task.ResolveAsync("r", "ada", EngineHost.Token));
        var refused = await Assert.ThrowsAsync<TaskStateException>(async () => await task.ResetForRetryAsync("b", "r", "ada", EngineHost.Token));
        Assert.Equal($"Task {task.Id} is in 'resolved_manually', so it cannot be changed: step 'b' stays as it is.", refused.Message);
        Assert.Equal("ada", (await task.GetHistoryAsync(EngineHost.Token)).OfTask().Last().By);
    }

    [Fact]
    public async Task A_stale_task_becomes_a_dead_letter_and_a_reset_lets_it_go_on()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(30) })
            .Step("a").Add(Flow.Define("b", ["a"]), gate.RunAsync).Step("c", "b");
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();

        _time.Advance(TimeSpan.FromMinutes(30));
        var stale = await task.WaitAsync(EngineHost.Token);
        await gate.StoppedAsync();

        Assert.Equal(TaskState.Error, stale.State);
        Assert.Equal([StepState.Complete, StepState.Error, StepState.Pending], stale.Steps.Select(step => step.State));
        Assert.Equal("stale_task", stale.Steps[1].Failure!.ErrorType);
        var letter = Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters);
        Assert.Equal((task.Id, TaskState.StepsInProcess, DeadLetterReason.StalenessTimeout, DeadLetterStatus.Pending), (letter.TaskId, letter.OriginalState, letter.Reason, letter.Status));
        Assert.Contains("for longer than the lifecycle of template 'tests/flow/1.0.0' allows", letter.Detail, StringComparison.Ordinal);
        Assert.Contains(host.Logged, line => line.StartsWith("304: ", StringComparison.Ordinal));

        gate.Open();
        await task.ResetForRetryAsync("b", "The other side works again.", "ada", EngineHost.Token);
        Assert.Equal(TaskState.Complete, (await task.WaitAsync(EngineHost.Token)).State);

        var closed = await host.Client.ResolveDeadLetterAsync(letter.EntryId, new DeadLetterResolution(DeadLetterStatus.ManuallyResolved, "ada", "Reset."), EngineHost.Token);
        Assert.Equal((DeadLetterStatus.ManuallyResolved, "ada", "Reset.", _time.GetUtcNow()), (closed.Status, closed.ResolvedBy, closed.Notes, closed.ResolvedAt));
        Assert.Empty((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters);
        Assert.Equal(closed, Assert.Single((await host.Client.ListDeadLettersAsync(new DeadLetterFilter { Statuses = [], TaskId = task.Id }, EngineHost.Token)).DeadLetters));
    }

    [Fact]
    public async Task Progress_puts_off_staleness_but_not_the_end_of_a_life()
    {
        var gates = new[] { new Gate(), new Gate(), new Gate() };
        var flow = new Flow()
            .Limit(new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(10), MaxDuration = TimeSpan.FromMinutes(15) })
            .Add(Flow.Define("a", []), gates[0].RunAsync)
            .Add(Flow.Define("b", ["a"]), gates[1].RunAsync);
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gates[0].EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(9));
        await task.ResolveManuallyAsync("a", "r", "ada", EngineHost.Token);
        await gates[1].EnteredAsync();

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TaskState.StepsInProcess, (await task.GetAsync(EngineHost.Token)).State);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_retry_that_is_too_far_away_makes_a_task_stale()
    {
        var flow = new Flow().Limit(new TaskLifecycle { MaxWaitingForRetry = TimeSpan.FromMinutes(5) })
            .Fails("a", [], RetryPolicy.Default, _ => Broken(retryable: true) with { RetryAfter = TimeSpan.FromHours(1) });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await UntilAsync(task, now => now.State is TaskState.WaitingForRetry);

        _time.Advance(TimeSpan.FromMinutes(5));
        var stale = await task.WaitAsync(EngineHost.Token);

        Assert.Equal((TaskState.Error, StepState.Error), (stale.State, stale.Steps[0].State));
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TaskState.Error, (await task.GetAsync(EngineHost.Token)).State);
        Assert.Equal(1, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_wait_for_a_retry_does_not_count_as_time_with_steps_in_process()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxStepsInProcess = TimeSpan.FromMinutes(5) })
            .Add(Flow.Define("a", []), async (context, outcome) =>
            {
                if (context.RetryCount == 0)
                    throw new RetryableException("Later.") { RetryAfter = TimeSpan.FromHours(1) };
                await gate.RunAsync(context, outcome);
            });
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await UntilAsync(task, now => now.State is TaskState.WaitingForRetry);

        _time.Advance(TimeSpan.FromHours(1));
        await gate.EnteredAsync();
        Assert.Equal(TaskState.StepsInProcess, (await task.GetAsync(EngineHost.Token)).State);

        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_template_may_keep_stale_tasks_going_or_leave_out_the_dead_letter()
    {
        var gate = new Gate();
        var noted = new Flow("noted").Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(1), AutoFailOnTimeout = false }).Add(Flow.Define("a", []), gate.RunAsync);
        var failed = new Flow("failed").Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(1), AutoDlqOnTimeout = false }).Add(Flow.Define("a", []), gate.RunAsync);
        await using var host = await StartAsync(noted, failed);
        var goesOn = await StartTaskAsync(host, noted);
        var ends = await StartTaskAsync(host, failed);
        await gate.EnteredAsync();
        await gate.EnteredAsync();

        _time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(TaskState.Error, (await ends.WaitAsync(EngineHost.Token)).State);
        await gate.StoppedAsync();

        Assert.Equal(TaskState.StepsInProcess, (await goesOn.GetAsync(EngineHost.Token)).State);
        Assert.Equal(goesOn.Id, Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters).TaskId);
        await goesOn.CancelAsync(EngineHost.Token);
    }

    [Theory]
    [InlineData(long.MaxValue, TaskState.Complete)]
    [InlineData(long.MinValue, TaskState.Error)]
    public async Task A_limit_that_no_calendar_has_is_none_and_one_below_zero_is_zero(long ticks, TaskState expected)
    {
        var limit = TimeSpan.FromTicks(ticks);
        var gate = new Gate();
        var flow = new Flow().Add(Flow.Define("a", []), gate.RunAsync)
            .Limit(new TaskLifecycle { MaxDuration = limit, MaxStepsInProcess = limit, MaxWaitingForRetry = limit });
        if (expected is TaskState.Complete)
            gate.Open();
        await using var host = await StartAsync(flow);

        Assert.Equal(expected, (await host.RunAsync(flow)).State);
    }

    [Fact]
    public async Task Closing_a_dead_letter_is_checked()
    {
        await using var host = await StartAsync(new Flow().Step("a"));

        await Assert.ThrowsAsync<KeyNotFoundException>(async () =>
            await host.Client.ResolveDeadLetterAsync(Guid.NewGuid(), new DeadLetterResolution(DeadLetterStatus.Cancelled, "ada"), EngineHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ResolveDeadLetterAsync(Guid.NewGuid(), new DeadLetterResolution(DeadLetterStatus.Pending, "ada"), EngineHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ResolveDeadLetterAsync(Guid.NewGuid(), new DeadLetterResolution(DeadLetterStatus.Cancelled, ""), EngineHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ResolveDeadLetterAsync(Guid.NewGuid(), new DeadLetterResolution(DeadLetterStatus.Cancelled, "ada", new string('x', 4001)), EngineHost.Token));
    }

    [Fact]
    public async Task A_dead_letter_is_closed_once()
    {
        var gate = new Gate();
        var flow = new Flow().Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(10) }).Add(Flow.Define("a", []), gate.RunAsync);
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(10));
        await task.WaitAsync(EngineHost.Token);
        var letter = Assert.Single((await host.Client.ListDeadLettersAsync(cancellationToken: EngineHost.Token)).DeadLetters);
        var resolution = new DeadLetterResolution(DeadLetterStatus.PermanentlyFailed, "ada", "Gone.");
        var closed = await host.Client.ResolveDeadLetterAsync(letter.EntryId, resolution, EngineHost.Token);
        _time.Advance(TimeSpan.FromMinutes(1));

        Assert.Equal(closed, await host.Client.ResolveDeadLetterAsync(letter.EntryId, resolution, EngineHost.Token));
        foreach (var other in (DeadLetterResolution[])[resolution with { Status = DeadLetterStatus.Cancelled }, resolution with { ResolvedBy = "bob" }, resolution with { Notes = null }])
        {
            var refused = await Assert.ThrowsAsync<TaskStateException>(async () => await host.Client.ResolveDeadLetterAsync(letter.EntryId, other, EngineHost.Token));
            Assert.Equal((task.Id, $"Dead letter {letter.EntryId} was closed as 'PermanentlyFailed' by 'ada' at {closed.ResolvedAt:O}, and stays so."), (refused.TaskId, refused.Message));
        }

        Assert.Equal(closed, Assert.Single((await host.Client.ListDeadLettersAsync(new DeadLetterFilter { Statuses = [] }, EngineHost.Token)).DeadLetters));
    }

    [Fact]
    public async Task Tasks_are_found_by_every_property_and_page_by_page()
    {
        var gate = new Gate();
        var fails = new Flow("fails").Fails("a", [], Once, _ => Broken(retryable: false));
        var runs = new Flow("runs").Step("a").Add(Flow.Define("b", ["a"]), gate.RunAsync);
        await using var host = await StartAsync(fails, runs);
        var correlation = Guid.NewGuid();
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add((await StartTaskAsync(host, fails, new StartOptions { Tags = ["odd", "n" + i], Initiator = "i" + i })).Id);
            await host.Client.WaitAsync(ids[^1], EngineHost.Token);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        var running = await StartTaskAsync(host, runs, new StartOptions { CorrelationId = correlation, ParentCorrelationId = ids[0], SourceSystem = "shop", Priority = 7 });
        await gate.EnteredAsync();

        Assert.Equal([running.Id], await FindAsync(new TaskFilter { States = [TaskState.StepsInProcess] }));
        Assert.Equal([running.Id], await FindAsync(new TaskFilter { CorrelationId = correlation }));
        Assert.Equal([running.Id], await FindAsync(new TaskFilter { ParentCorrelationId = ids[0] }));
        Assert.Equal([running.Id], await FindAsync(new TaskFilter { SourceSystem = "shop", Namespace = "tests", Name = "runs", Version = "1.0.0" }));
        Assert.Equal([ids[3]], await FindAsync(new TaskFilter { Tag = "n3" }));
        Assert.Equal([ids[2]], await FindAsync(new TaskFilter { Initiator = "i2" }));
        Assert.Equal([ids[2], ids[1]], await FindAsync(new TaskFilter { CreatedFrom = _time.Start.AddMinutes(1), CreatedBefore = _time.Start.AddMinutes(3) }));
        Assert.Empty(await FindAsync(new TaskFilter { Version = "2.0.0" }));
        Guid[] latestFirst = [running.Id, .. Enumerable.Reverse(ids)];
        Assert.Equal(latestFirst, await FindAsync(new TaskFilter()));

        var first = await host.Client.ListAsync(new TaskFilter { PageSize = 4 }, EngineHost.Token);
        var second = await host.Client.ListAsync(new TaskFilter { PageSize = 4, After = first.Next }, EngineHost.Token);
        Assert.Equal(latestFirst, first.Tasks.Concat(second.Tasks).Select(task => task.TaskId));
        Assert.Null(second.Next);
        Assert.Equal(6, await host.Client.ListAllAsync(new TaskFilter { PageSize = 2 }, EngineHost.Token).CountAsync(EngineHost.Token));

        var summary = first.Tasks[0];
        Assert.Equal((2, 1, 0, 7, correlation), (summary.Steps, summary.StepsDone, summary.StepsFailed, summary.Options.Priority, summary.CorrelationId));
        Assert.Equal((1, 0, 1, TaskState.BlockedByFailures), (first.Tasks[1].Steps, first.Tasks[1].StepsDone, first.Tasks[1].StepsFailed, first.Tasks[1].State));
        Assert.Equal(["odd", "n4"], first.Tasks[1].Options.Tags);
        await running.CancelAsync(EngineHost.Token);

        async Task<Guid[]> FindAsync(TaskFilter filter) => [.. (await host.Client.ListAsync(filter, EngineHost.Token)).Tasks.Select(task => task.TaskId)];
    }

    [Theory]
    [InlineData(0, null, "The page size is 0; it must be between 1 and 1000.")]
    [InlineData(1001, null, "The page size is 1001; it must be between 1 and 1000.")]
    [InlineData(5, "page two", "'page two' is not the Next of a page; pass on what the page before returned.")]
    public async Task A_page_that_cannot_be_is_refused(int size, string? after, string message)
    {
        await using var host = await StartAsync(new Flow().Step("a"));

        var refused = await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ListAsync(new TaskFilter { PageSize = size, After = after }, EngineHost.Token));
        Assert.Equal(message, refused.Message);
        await Assert.ThrowsAsync<ValidationException>(async () =>
            await host.Client.ListDeadLettersAsync(new DeadLetterFilter { PageSize = size, After = after }, EngineHost.Token));
    }

    [Fact]
    public async Task The_history_tells_every_transition()
    {
        var flow = new Flow()
            .Fails("a", [], new RetryPolicy { MaxAttempts = 2, BackoffBase = TimeSpan.FromSeconds(10) }, context => context.RetryCount == 0 && !_mended ? Broken(retryable: true) : _mended ? null : Broken(retryable: false))
            .Step("b", "a");
        await using var host = await StartAsync(flow);
        var start = _time.GetUtcNow();
        var task = await StartTaskAsync(host, flow);
        await UntilAsync(task, now => now.State is TaskState.WaitingForRetry);
        _time.Advance(TimeSpan.FromSeconds(10));
        await task.WaitAsync(EngineHost.Token);
        _time.Advance(TimeSpan.FromSeconds(10));
        _mended = true;
        await task.ResetForRetryAsync("a", "Mended.", "ada", EngineHost.Token);
        await task.WaitAsync(EngineHost.Token);

        var history = await task.GetHistoryAsync(EngineHost.Token);

        Assert.Equal(
            """
            0 -> pending
            0 pending -> initializing
            0 initializing -> enqueuing_steps
            0 enqueuing_steps -> steps_in_process
            0 steps_in_process -> waiting_for_retry
            10 waiting_for_retry -> enqueuing_steps
            10 enqueuing_steps -> steps_in_process
            10 steps_in_process -> evaluating_results
            10 evaluating_results -> blocked_by_failures
            20 blocked_by_failures -> evaluating_results
            20 evaluating_results -> enqueuing_steps
            20 enqueuing_steps -> steps_in_process
            20 steps_in_process -> evaluating_results
            20 evaluating_results -> complete
            """,
            Lines(history.OfTask()));
        Assert.Equal(
            """
            0 -> pending
            0 pending -> enqueued
            0 enqueued -> in_progress #1
            0 in_progress -> enqueued_as_error_for_orchestration
            0 enqueued_as_error_for_orchestration -> waiting_for_retry #1 It is broken.
            10 waiting_for_retry -> pending
            10 pending -> enqueued
            10 enqueued -> in_progress #2
            10 in_progress -> enqueued_as_error_for_orchestration
            10 enqueued_as_error_for_orchestration -> error #2 It is broken.
            20 error -> pending Mended. (ada)
            20 pending -> enqueued
            20 enqueued -> in_progress #1
            20 in_progress -> enqueued_for_orchestration
            20 enqueued_for_orchestration -> complete #1
            """,
            Lines(history.OfStep("a")));
        Assert.Equal(
            """
            0 -> pending
            20 pending -> enqueued
            20 enqueued -> in_progress #1
            20 in_progress -> enqueued_for_orchestration
            20 enqueued_for_orchestration -> complete #1
            """.Replace("0 -> pending", "20 -> pending", StringComparison.Ordinal),
            Lines(history.OfStep("b")));
        Assert.Null(await host.Client.GetHistoryAsync(Guid.NewGuid(), EngineHost.Token));

        string Lines(IEnumerable<HistoryEntry> entries) => string.Join(Environment.NewLine, entries.Select(entry =>
            $"{(entry.At - start).TotalSeconds:0} {(entry.From is { } from ? from + " " : "")}-> {entry.To}{(entry.Attempt is { } attempt ? $" #{attempt}" : "")}" +
            $"{(entry.Reason is { } reason ? " " + reason : "")}{(entry.By is { } by ? $" ({by})" : "")}"));
    }

    [Fact]
    public async Task Requests_with_the_same_key_are_one_task()
    {
        var flow = new Flow().Step("a");
        var other = new Flow("other").Step("a");
        await using var host = await StartAsync(flow, other);
        var options = new StartOptions { IdempotencyKey = "order-7" };

        var together = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => StartTaskAsync(host, flow, options)));
        var later = await StartTaskAsync(host, flow, options, """{"other":"context"}""");
        var elsewhere = await StartTaskAsync(host, other, options);
        var refused = await Assert.ThrowsAsync<DuplicateTaskException>(async () => await StartTaskAsync(host, flow, options with { OnDuplicate = DuplicateRequest.Refuse }));

        Assert.Single(together, task => task.IsNew);
        Assert.Single(together.Select(task => task.Id).Distinct());
        Assert.Equal((together[0].Id, false), (later.Id, later.IsNew));
        Assert.NotEqual(later.Id, elsewhere.Id);
        Assert.Equal(later.Id, refused.TaskId);
        Assert.Equal($"The same request for template 'tests/flow/1.0.0' was made before: it started task {later.Id}.", refused.Message);
        Assert.Null((await later.GetAsync(EngineHost.Token)).Options.IdempotencyKey);
    }

    [Fact]
    public async Task Requests_with_an_equal_context_are_one_task_when_asked_for()
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow);
        var strict = new StartOptions { Identity = TaskIdentity.Strict };

        var first = await StartTaskAsync(host, flow, strict, """{"a":1,"b":{"x":[1,2],"y":null}}""");
        var same = await StartTaskAsync(host, flow, strict, """{ "b" : { "y" : null, "x" : [1, 2] }, "a" : 1 }""");
        var another = await StartTaskAsync(host, flow, strict, """{"a":1,"b":{"x":[2,1],"y":null}}""");
        var unique = await StartTaskAsync(host, flow, null, """{"a":1,"b":{"x":[1,2],"y":null}}""");

        Assert.Equal((first.Id, false), (same.Id, same.IsNew));
        Assert.True(another.IsNew);
        Assert.True(unique.IsNew);
        Assert.Equal(3, new[] { first.Id, another.Id, unique.Id }.Distinct().Count());
    }

    [Fact]
    public async Task Who_watches_a_task_that_is_reset_meanwhile_sees_it_end()
    {
        var mended = false;
        var flow = new Flow().Fails("a", [], Once, _ => mended ? null : Broken(retryable: false));
        await using var host = await StartAsync(flow);
        var task = await StartTaskAsync(host, flow);
        var states = new List<TaskState>();
        await foreach (var seen in task.WatchAsync(EngineHost.Token))
            states.Add(seen.State);
        Assert.Equal(TaskState.BlockedByFailures, states[^1]);

        mended = true;
        await task.ResetForRetryAsync("a", "r", "ada", EngineHost.Token);
        await foreach (var seen in task.WatchAsync(EngineHost.Token))
            states.Add(seen.State);

        Assert.Equal(TaskState.Complete, states[^1]);
    }

    private static RetryPolicy Once { get; } = new() { MaxAttempts = 1 };

    private static StepFailure Broken(bool retryable) => new() { Message = "It is broken.", ErrorType = "broken", Retryable = retryable };

    private static async Task UntilAsync(TaskHandle task, Func<TaskSnapshot, bool> condition)
    {
        await foreach (var seen in task.WatchAsync(EngineHost.Token))
        {
            if (condition(seen))
                return;
        }

        Assert.Fail("The task ended before.");
    }

    /// <summary>What was reported before is applied when a question that was asked after it is answered.</summary>
    private static async Task UntilIdleAsync(EngineHost host)
    {
        await Task.Yield();
        await host.Client.GetAsync(Guid.NewGuid(), EngineHost.Token);
    }
}

public sealed class InMemoryOperationsTests : OperationsTests
{
    protected override void Use(TaskerBuilder tasker) => tasker.UseEmbeddedInMemory();
}

public sealed class SqliteOperationsTests : OperationsTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override void Use(TaskerBuilder tasker) => tasker.UseEmbedded(_folder.ConnectionString);
}
