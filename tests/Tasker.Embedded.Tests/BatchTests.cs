using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Tests.Support;
using Tasker.Handlers;
using Tasker.Hosting;
using Tasker.Json;
using Tasker.Templates;
using static Tasker.Embedded.Tests.Support.Simulation;

namespace Tasker.Embedded.Tests;

/// <summary>What the engine does with batches that fail, that yield, and that count in other things than integers.</summary>
public sealed class BatchTests : IDisposable
{
    private static readonly JsonCodec<JsonElement> AnyObject =
        new JsonDelegateCodec<JsonElement>("any", static (ref r) => JsonElement.ParseValue(ref r), static (w, v) => v.WriteTo(w), static (_, _) => throw new NotSupportedException());

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void By_default_the_other_batches_go_on_and_the_task_is_blocked()
    {
        var task = Batches(BatchFailureStrategy.ContinueOnFailure).Fail("work_001").Finish();

        Assert.Equal("blocked_by_failures", task.Run.State.ToName());
        Assert.Equal("analyze:complete work_001:error work_002:complete work_003:complete sum:pending", States(task));
    }

    [Fact]
    public void Failing_fast_starts_no_other_batches()
    {
        var task = Batches(BatchFailureStrategy.FailFast).Fail("work_001").Finish();

        Assert.Equal("blocked_by_failures", task.Run.State.ToName());
        Assert.Equal("analyze:complete work_001:error work_002:error work_003:error sum:pending", States(task));
        Assert.Equal(["analyze", "work_001"], task.Order);
    }

    [Fact]
    public void Failing_fast_gives_up_a_batch_that_waits_for_its_retry()
    {
        var task = Batches(BatchFailureStrategy.FailFast).Fail("work_001", retryable: true).Fail("work_002").Finish();

        Assert.Equal("analyze:complete work_001:error work_002:error work_003:error sum:pending", States(task));
        Assert.Equal(["analyze", "work_001", "work_002"], task.Order);
    }

    [Fact]
    public void An_isolated_failure_is_set_aside_and_the_task_completes()
    {
        var task = Batches(BatchFailureStrategy.Isolate).Fail("work_002", retryable: true).Finish();

        Assert.Equal("complete", task.Run.State.ToName());
        Assert.Equal("analyze:complete work_001:complete work_002:error work_003:complete sum:complete", States(task));
        Assert.Equal(3, task.Run.StepAt(2).Attempts);
        Assert.Equal((5, 4, 1), (task.Run.ToSummary().Steps, task.Run.ToSummary().StepsDone, task.Run.ToSummary().StepsFailed));
        Assert.Equal("sum", task.Order[^1]);
    }

    [Fact]
    public void An_isolated_batch_that_a_person_resets_is_waited_for_again()
    {
        var task = Batches(BatchFailureStrategy.Isolate).FailOnce("work_001");
        task.On("work_002", _ => Mend(task, "work_001", StepResolution.ResetForRetry("Mended.", "ops")));

        task.Finish(ready => task.Order.Count < 4 ? 0 : ready - 1);

        Assert.Equal(["analyze", "work_001", "work_002", "work_003", "work_001", "sum"], task.Order);
        Assert.Equal("complete", task.Run.State.ToName());
    }

    [Fact]
    public void An_isolated_batch_that_succeeds_after_a_reset_counts_once()
    {
        var task = Batches(BatchFailureStrategy.Isolate).FailOnce("work_003");
        task.On("work_002", _ => Mend(task, "work_003", StepResolution.ResetForRetry("Mended.", "ops")));

        task.Finish(ready => ready - 1);

        Assert.Equal(["analyze", "work_003", "work_002", "work_003", "work_001", "sum"], task.Order);
    }

    [Fact]
    public void An_isolated_batch_that_is_taken_as_done_by_hand_counts_once()
    {
        var task = Batches(BatchFailureStrategy.Isolate).Fail("work_003");
        task.On("work_002", _ => Mend(task, "work_003", StepResolution.ResolveManually("Done.", "ops")));

        task.Finish(ready => ready - 1);

        Assert.Equal("analyze:complete work_001:complete work_002:complete work_003:resolved_manually sum:complete", States(task));
        Assert.Equal(["analyze", "work_003", "work_002", "work_001", "sum"], task.Order);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_isolated_batch_of_a_stale_task_is_set_aside_when_the_task_goes_on(bool isRestored)
    {
        var task = Batches(BatchFailureStrategy.Isolate, new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(1) });
        task.On("work_002", _ =>
        {
            task.Expire();
            return new AttemptOutcome("{}"u8.ToArray());
        });
        Assert.Equal("error", task.Finish().Run.State.ToName());
        Assert.Equal("analyze:complete work_001:complete work_002:error work_003:error sum:pending", States(task));

        if (isRestored)
            task.Restore();
        task.On("work_002", _ => new AttemptOutcome("{}"u8.ToArray()));
        task.Resolve("work_002", StepResolution.ResetForRetry("Mended.", "ops"));

        Assert.Equal("complete", task.Finish().Run.State.ToName());
        Assert.Equal("analyze:complete work_001:complete work_002:complete work_003:error sum:complete", States(task));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_aggregation_goes_on_without_an_isolated_batch_and_knows_which_it_was(bool inFile)
    {
        BatchResults<JsonElement>? seen = null;
        MethodAdapter sum = new("sum", null, HandlerKind.Step, needsScope: false, Sum, "batches", "work");
        var flow = Numbers("isolated", BatchFailureStrategy.Isolate, batch => batch.BatchId == "002" ? throw new PermanentException("bad rows") : null)
            .Add(Flow.Define("sum", ["work"], StepType.DeferredConvergence), sum.InvokeAsync);
        await using var host = await StartAsync(flow, inFile);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(StepState.Error, task.FindStep("work_002")!.State);
        Assert.Equal(("002", 2, 20L), (Assert.Single(seen!.Missing), seen.Count, seen.TotalProcessed));
        Assert.Equal(["001", "003"], seen.Select(batch => batch.BatchId));

        ValueTask Sum(StepBinder bind, StepOutcome outcome)
        {
            seen = bind.Batches(0, AnyObject);
            return Flow.Ran(bind.Context, outcome);
        }
    }

    [Fact]
    public async Task A_task_that_failed_fast_starts_nothing_else()
    {
        var flow = Numbers("fast", BatchFailureStrategy.FailFast, batch => batch.BatchId == "001" ? throw new PermanentException("bad rows") : null);
        await using var host = await StartAsync(flow, inFile: false, slots: 1);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.BlockedByFailures, task.State);
        Assert.Equal("permanent_error,batch_not_started,batch_not_started", string.Join(',', task.Steps.Skip(1).Select(step => step.Failure!.ErrorType)));
        Assert.Equal(["analyze", "work_001"], flow.Runs.Keys.Order());
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("resolve")]
    [InlineData("complete")]
    public async Task Batches_that_were_not_started_start_when_the_failed_one_is_mended(string how)
    {
        var isBroken = true;
        var flow = Numbers("fast", BatchFailureStrategy.FailFast, async (batch, token) =>
        {
            if (isBroken && batch.BatchId == "001")
                throw new PermanentException("bad rows");

            // The slot may take the next batch before the engine knows that one failed, but not a third before the engine has answered.
            if (isBroken)
                await batch.CheckpointAsync(batch.Start, 0, token);
            return null;
        });
        Guid id;
        await using (var host = await StartAsync(flow, inFile: true, slots: 1))
        {
            var blocked = await host.RunAsync(flow);
            Assert.Equal(TaskState.BlockedByFailures, blocked.State);
            id = blocked.TaskId;
        }

        Assert.Equal(
            "Not started: 'work_001' failed, and the failure strategy is fail_fast. It starts when that is mended.",
            _folder.Query("SELECT failure FROM steps_overview WHERE step = 'work_003'"));
        isBroken = false;
        await using var again = await StartAsync(flow, inFile: true, slots: 1);
        await again.Client.ResolveStepAsync(id, "work_001", how switch
        {
            "reset" => StepResolution.ResetForRetry("mended", "ada"),
            "resolve" => StepResolution.ResolveManually("mended", "ada"),
            _ => StepResolution.CompleteManuallyJson("""{"items_processed":10,"items_succeeded":10,"items_failed":0,"items_skipped":0}"""u8.ToArray(), "mended", "ada"),
        }, EngineHost.Token);
        var task = await again.Client.WaitAsync(id, EngineHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.All(task.Steps, step => Assert.True(step.State.SatisfiesDependents()));
        Assert.Equal(how == "reset" ? 2 : 1, flow.Runs["work_001"]);
        Assert.Equal((1, 1), (flow.Runs["work_002"], flow.Runs["work_003"]));
        Assert.Equal((0, 1), (task.FindStep("work_003")!.Failure is null ? 0 : 1, task.FindStep("work_003")!.Attempts));
    }

    [Fact]
    public void Batches_start_again_only_when_no_batch_has_failed_any_more()
    {
        var task = Batches(BatchFailureStrategy.FailFast).Fail("work_001").Finish();
        task.Run.ResolveStep("work_002", StepResolution.ResetForRetry("alone", "ada"), DateTimeOffset.UnixEpoch, new Changes());

        Assert.Equal("analyze:complete work_001:error work_002:enqueued work_003:error sum:pending", States(task));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_batch_that_yields_lets_others_run_and_goes_on_from_its_checkpoint(bool inFile)
    {
        var order = new List<string>();
        var flow = Numbers("yielding", BatchFailureStrategy.ContinueOnFailure, batch =>
        {
            var row = batch.Resume(batch.Start);
            order.Add($"{batch.BatchId} at {row}");
            return row + 5 < batch.End ? batch.Yield(row + 5, batch.CheckpointItemsProcessed + 5) : null;
        });
        await using var host = await StartAsync(flow, inFile, slots: 1);

        var task = await host.RunAsync(flow);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal(["001 at 0", "002 at 10", "003 at 20", "001 at 5", "002 at 15", "003 at 25"], order);
        Assert.All(task.Steps, step => Assert.Equal(1, step.Attempts));
        using var checkpoint = JsonDocument.Parse(task.FindStep("work_002")!.Checkpoint);
        Assert.Equal((15, 5), (checkpoint.RootElement.GetProperty("cursor").GetInt32(), checkpoint.RootElement.GetProperty("items_processed").GetInt32()));
    }

    [Fact]
    public async Task A_retry_resumes_from_the_checkpoint_and_knows_why_the_attempt_before_failed()
    {
        string? before = null;
        var flow = new Flow("retrying")
            .Batches("analyze", [], "work", _ => BatchPlan.ForRanges(new BatchRange("a", "m", 3)))
            .Add(
                Flow.Define("work", ["analyze"], StepType.BatchWorker),
                async (context, outcome) =>
                {
                    var batch = new BatchContext<JsonElement>(context, JsonCodecs.Element);
                    Assert.Equal(("\"a\"", "\"m\"", 3L), (batch.StartPosition.ToString(), batch.EndPosition.ToString(), batch.Size));
                    if (!context.IsRetry)
                    {
                        await batch.CheckpointAsync("f", 1, JsonElement.Parse("""{"sum":7}"""), context.CancellationToken);
                        throw new RetryableException("Out of reach.");
                    }

                    before = context.PreviousFailure!.Message;
                    outcome.BeginBatchResult(BatchResult.Of(2) with { LastCursor = batch.Resume(batch.StartPosition) });
                    outcome.End();
                },
                HandlerKind.BatchWorker);
        await using var host = await StartAsync(flow, inFile: true);

        var task = await host.RunAsync(flow);

        Assert.Equal("Out of reach.", before);
        Assert.Equal(
            """{"items_processed":2,"items_succeeded":2,"items_failed":0,"items_skipped":0,"last_cursor":"f","batch_metadata":{}}""",
            Flow.Text(task.FindStep("work_001")!.Result));
    }

    private static Simulation Batches(BatchFailureStrategy strategy, TaskLifecycle? lifecycle = null) =>
        new Simulation(
            lifecycle,
            Step(StepType.Batchable, "analyze"),
            Flow.Define("work", ["analyze"], StepType.BatchWorker, strategy: strategy),
            Step(StepType.DeferredConvergence, "sum", "work")).Plan("analyze", "work", BatchPlan.ForItems(30, 10));

    private static AttemptOutcome Mend(Simulation task, string step, StepResolution resolution)
    {
        task.Resolve(step, resolution);
        return new AttemptOutcome("{}"u8.ToArray());
    }

    private static string States(Simulation task) => string.Join(' ', task.Run.ToSnapshot().Steps.Select(step => $"{step.Name}:{step.State.ToName()}"));

    /// <summary>Three batches of ten; a batch is done unless <paramref name="run"/> says otherwise.</summary>
    private static Flow Numbers(string name, BatchFailureStrategy strategy, Func<BatchContext, BatchYield?> run) =>
        Numbers(name, strategy, (batch, _) => ValueTask.FromResult(run(batch)));

    private static Flow Numbers(string name, BatchFailureStrategy strategy, Func<BatchContext, CancellationToken, ValueTask<BatchYield?>> run) => new Flow(name)
        .Batches("analyze", [], "work", _ => BatchPlan.ForItems(30, 10))
        .Add(
            Flow.Define("work", ["analyze"], StepType.BatchWorker, strategy: strategy),
            async (context, outcome) =>
            {
                var batch = new BatchContext(context);
                outcome.BeginBatchResult(await run(batch, context.CancellationToken) is { } yielded ? yielded : BatchResult.Of(batch.Size));
                outcome.End();
            },
            HandlerKind.BatchWorker);

    private Task<EngineHost> StartAsync(Flow flow, bool inFile, int slots = 8)
    {
        return EngineHost.StartAsync(Use, [flow], slots: slots);

        void Use(TaskerBuilder tasker) => _ = inFile ? tasker.UseEmbedded(_folder.ConnectionString) : tasker.UseEmbeddedInMemory();
    }
}
