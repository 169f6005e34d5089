using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Tasker.Embedded.Tests.Support;

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
    public async Task A_time_that_is_not_positive_is_refused()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => EngineHost.StartAsync(
            tasker => tasker.UseEmbedded(_folder.ConnectionString, options => options.KeepFinishedTasks = TimeSpan.Zero), [new Flow().Step("a")]));

        Assert.Contains("KeepFinishedTasks is 00:00:00; it must be positive, or null to keep all.", refused.Message, StringComparison.Ordinal);
    }

    private Task<EngineHost> StartAsync(params Flow[] flows) =>
        EngineHost.StartAsync(tasker => tasker.UseEmbedded(_folder.ConnectionString, options => options.KeepFinishedTasks = Keep), flows, _time);

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
