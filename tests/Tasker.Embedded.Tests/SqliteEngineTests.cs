using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Embedded.Tests.Support;
using Tasker.Hosting;

namespace Tasker.Embedded.Tests;

public sealed class SqliteEngineTests : EngineTests, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    protected override void Use(TaskerBuilder tasker) => tasker.UseEmbedded(_folder.ConnectionString);

    [Fact]
    public async Task A_person_can_read_the_file()
    {
        var flow = Approval(_ => Decision.Route("auto_approve"));
        await using var host = await StartAsync(flow);
        var task = await host.RunAsync(flow, """{"amount":5}""");

        Assert.Equal(
            $"{task.TaskId}|tests|approval|1.0.0|complete|4|0",
            _folder.Query("SELECT task_id || '|' || namespace || '|' || name || '|' || version || '|' || state || '|' || steps_complete || '|' || steps_failed FROM tasks_overview"));
        Assert.Equal(
            "validate_request complete 1/3,routing_decision complete 1/3,auto_approve complete 1/3,finalize_approval complete 1/3",
            _folder.Query("SELECT group_concat(step || ' ' || state || ' ' || attempts || '/' || max_attempts) FROM (SELECT * FROM steps_overview ORDER BY step_no)"));
        Assert.Equal("5", _folder.Query("SELECT context ->> 'amount' FROM tasks")!.ToString());
        Assert.Equal("""["auto_approve"]""", _folder.Query("SELECT dependencies FROM steps_overview WHERE step = 'finalize_approval'"));
        Assert.Equal($"{task.CreatedAt:yyyy-MM-ddTHH:mm:ss.fffffff}Z", _folder.Query("SELECT created_at FROM tasks"));
        foreach (var (member, column) in new[] { (task.Steps[1].StartedAt, "started_at"), (task.Steps[1].CompletedAt, "completed_at") })
        {
            var shown = DateTimeOffset.Parse((string)_folder.Query($"SELECT {column} FROM steps_overview WHERE step_no = 1")!, CultureInfo.InvariantCulture);
            Assert.InRange(shown - member!.Value, -TimeSpan.FromMilliseconds(1), TimeSpan.FromMilliseconds(1));
        }

        Assert.Equal("ok", _folder.Query("PRAGMA integrity_check"));
    }

    [Fact]
    public async Task A_failure_can_be_read_in_the_overview()
    {
        var flow = new Flow().Step("a").Fails("b", ["a"], Tries(1), _ => Broken(retryable: false)).Step("c", "b");
        await using var host = await StartAsync(flow);
        await host.RunAsync(flow);

        Assert.Equal("blocked_by_failures b: It is broken.", _folder.Query("SELECT state || ' ' || first_failure FROM tasks_overview"));
        Assert.Equal("a complete,b error,c pending", _folder.Query("SELECT group_concat(step || ' ' || state) FROM (SELECT * FROM steps_overview ORDER BY step_no)"));
    }

    [Fact]
    public async Task A_plan_of_ten_thousand_batches_is_created_and_finished()
    {
        long total = 0;
        var flow = Csv(_ => BatchPlan.ForItems(10_000, 1), context => total = Sum(context));
        await using var host = await StartAsync(flow);

        var task = await host.RunAsync(flow);

        Assert.Equal((TaskState.Complete, 10_002, 10_000L), (task.State, task.Steps.Length, total));
        Assert.Equal(10_002L, _folder.Query("SELECT count(*) FROM steps_overview WHERE state = 'complete'"));
    }
}
