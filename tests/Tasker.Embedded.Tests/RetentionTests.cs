using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

public sealed class RetentionTests : IDisposable
{
    private static readonly TimeSpan Keep = TimeSpan.FromHours(1);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Finished_tasks_leave_the_file_in_time_and_others_stay()
    {
        var broken = new Flow("broken").Fails("a", [], new() { MaxAttempts = 1 }, _ => new StepFailure { Message = "no", ErrorType = "x", Retryable = false });
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow, broken);
        var blocked = await host.RunAsync(broken);
        for (var i = 0; i < 600; i++)
            await host.RunAsync(flow);

        _time.Advance(Keep - TimeSpan.FromMinutes(1));
        var young = await host.RunAsync(flow);
        _time.Advance(TimeSpan.FromMinutes(2));
        await SweepsAsync(host, flow, left: 3);

        Assert.NotNull(await host.Client.GetAsync(young.TaskId, EngineHost.Token));
        Assert.Equal(TaskState.BlockedByFailures, (await host.Client.GetAsync(blocked.TaskId, EngineHost.Token))!.State);
    }

    [Fact]
    public async Task Space_of_deleted_tasks_is_used_again()
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(flow);
        long first = 0;
        for (var day = 0; day < 4; day++)
        {
            for (var i = 0; i < 300; i++)
                await host.RunAsync(flow);
            _time.Advance(Keep + TimeSpan.FromMinutes(2));
            await SweepsAsync(host, flow, left: 1);
            var pages = (long)_folder.Query("PRAGMA page_count")!;
            if (day == 0)
                first = pages;
            Assert.InRange(pages, 1, first + 20);
        }
    }

    [Fact]
    public async Task A_task_that_a_person_lets_go_on_is_not_swept_away_as_finished()
    {
        var gate = new Gate();
        var stale = new Flow("stale").Add(Flow.Define("a", []), gate.RunAsync).Limit(new TaskLifecycle { MaxDuration = TimeSpan.FromMinutes(2) });
        var host = await StartAsync(stale);
        var task = await host.Client.StartAsync(stale.Template, "{}", cancellationToken: EngineHost.Token);
        await gate.EnteredAsync();
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(TaskState.Error, (await task.WaitAsync(EngineHost.Token)).State);
        Assert.Equal(1L, _folder.Query("SELECT count(*) FROM tasks WHERE state = 'error'"));

        // The clock stands, so nothing but the commit of the reset itself can have told the row, which a sweep would take for that of a finished task.
        await host.Client.ResolveStepAsync(task.Id, "a", StepResolution.ResetForRetry("again", "bob"), EngineHost.Token);
        Assert.Equal(0L, _folder.Query("SELECT count(*) FROM tasks WHERE state = 'error'"));
        await gate.EnteredAsync();
        host.Crash();
        await host.DisposeAsync();

        gate.Open();
        await using var next = await StartAsync(stale);
        Assert.Equal(TaskState.Complete, (await next.Client.WaitAsync(task.Id, EngineHost.Token)).State);
    }

    [Fact]
    public async Task A_task_that_the_log_tells_of_is_not_run_again_because_its_row_is_gone()
    {
        var flow = new Flow().Step("a").Step("b", "a");
        var host = await StartAsync(TimeSpan.FromMilliseconds(1), flow);
        _time.Advance(TimeSpan.FromSeconds(59.9));
        for (var i = 0; i < 20; i++)
            await host.RunAsync(flow);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await host.RunAsync(flow);
        host.Crash();
        await host.DisposeAsync();
        var runs = flow.Runs["a"];

        await using var next = await StartAsync(TimeSpan.FromMilliseconds(1), flow);

        Assert.Contains("300: Embedded engine started; 0 unfinished tasks go on", next.Logged);
        Assert.Equal(runs, flow.Runs["a"]);
    }

    [Fact]
    public async Task A_time_that_is_not_positive_is_refused()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => EngineHost.StartAsync(
            tasker => tasker.UseEmbedded(_folder.ConnectionString, options => options.KeepFinishedTasks = TimeSpan.Zero), [new Flow().Step("a")]));

        Assert.Contains("KeepFinishedTasks is 00:00:00; it must be positive, or null to keep all.", refused.Message, StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync(params Flow[] flows) => StartAsync(Keep, flows);

    private Task<EngineHost> StartAsync(TimeSpan keep, params Flow[] flows) =>
        EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString, options => options.KeepFinishedTasks = keep), flows, _time);

    /// <summary>Sweeps happen in the engine's rounds; each further task is one more of them.</summary>
    private async Task SweepsAsync(EngineHost host, Flow flow, long left)
    {
        await host.RunAsync(flow);
        while ((long)_folder.Query("SELECT count(*) FROM tasks")! > left)
        {
            EngineHost.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
