using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>Names, messages and contexts as others may write them, and surroundings that are short of something.</summary>
public sealed class OddInputTests(Databases databases)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task Steps_may_be_called_anything_that_a_template_allows()
    {
        string[] names = ["it's \"quoted\"", "back\\slash", "tab\there", "ünïcödé 步骤 🙂", "$1; DROP TABLE x --", new string('n', 100)];
        var flow = new CoreFlow();
        foreach (var name in names)
            flow.Add(flow.Define(name, []), (_, outcome) => CoreFlow.Write(outcome, "{}"));
        flow.Step("last", names);

        Assert.Equal("complete", await RunAsync(flow, "{}"));
        Assert.Equal(names.Length + 1, flow.Runs.Count);
    }

    [Theory]
    [InlineData(""", "task_uuid": 17, "correlation_id": null""")]
    [InlineData(""", "extra": {"deep": [1e400, -1e400, 12345678901234567890123456789]}""")]
    [InlineData(""", "step": "\ud83d\ude42", "priority": {}""")]
    public async Task A_message_needs_nothing_but_its_step(string more)
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await Database.ExecuteAsync($"DELETE FROM pgmq.q_{flow.Queue}");
        await Database.ExecuteAsync("SELECT pgmq_send_with_notify($1, $2::jsonb, 0)", flow.Queue, $$"""{"step_uuid": "{{step.ToString().ToUpperInvariant()}}"{{more}}}""");

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
        Assert.Equal(0, await Database.QueuedAsync(flow));
    }

    [Fact]
    public async Task A_message_too_deep_for_a_reader_is_found_in_the_queue()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = TimeSpan.FromHours(1));
        await host.Log.WaitForAsync(403);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await Database.ExecuteAsync($"DELETE FROM pgmq.q_{flow.Queue}");
        await Database.ExecuteAsync(
            "SELECT pgmq_send_with_notify($1, $2::jsonb, 0)", flow.Queue, $$"""{"step_uuid": "{{step}}", "deep": {{new string('[', 300)}}{{new string(']', 300)}}}""");

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    [Theory]
    [InlineData("""{"a": 1, "a": 2}""", """{"a": 2}""")]
    [InlineData("""{"n": 1e3, "m": 1.50}""", """{"m": 1.50, "n": 1000}""")]
    [InlineData("""{"t": "\u00e9\ud83d\ude42\"\\\/"}""", """{"t": "é🙂\"\\/"}""")]
    [InlineData("""{"e": {}, "l": [], "nothing": null}""", """{"e": {}, "l": [], "nothing": null}""")]
    public async Task Handlers_get_the_context_as_PostgreSQL_keeps_it(string sent, string seen)
    {
        string? context = null;
        var flow = new CoreFlow().Step("only", [], one =>
        {
            context = CoreFlow.Text(one.Step.TaskContext);
            return "{}";
        });

        Assert.Equal("complete", await RunAsync(flow, sent));
        Assert.Equal(seen, context);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(2000)]
    public async Task A_context_of_any_depth_reaches_its_handler(int depth)
    {
        var length = 0;
        var flow = new CoreFlow().Step("only", [], one =>
        {
            length = one.Step.TaskContext.Length;
            return "{}";
        });

        Assert.Equal("complete", await RunAsync(flow, $$"""{"deep": {{new string('[', depth)}}1e400{{new string(']', depth)}}}"""));
        Assert.True(length > 2 * depth);
    }

    [Fact]
    public async Task A_pool_of_one_connection_is_enough()
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");
        await using var orchestrator = new StandInOrchestrator(Database);
        var one = new NpgsqlConnectionStringBuilder(databases.Shared.ConnectionString) { MaxPoolSize = 1 }.ConnectionString;
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.WorkerSilence = TimeSpan.FromSeconds(1), connectionString: one);
        var tasks = new List<Guid>();
        for (var i = 0; i < 20; i++)
            tasks.Add(await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}"));
        foreach (var task in tasks)
            Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));

        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    /// <summary>Stopped while claims and completions are under way: what was claimed is finished and told of, and the rest is left.</summary>
    [Fact]
    public async Task A_worker_stopped_at_any_moment_leaves_no_claim_behind()
    {
        const int steps = 300;
        var flow = new CoreFlow().Step("only");
        await using (await CoreHost.StartAsync(databases.Shared, flow))
        {
        }

        var waiting = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", steps);
        var seed = Environment.TickCount;
        TestContext.Current.TestOutputHelper!.WriteLine("seed " + seed);
        var random = new Random(seed);
        for (var i = 0; i < 5; i++)
        {
            await using var host = await CoreHost.StartAsync(databases.Shared, flow, slots: 40);
            await Database.ExecuteAsync($"UPDATE pgmq.q_{flow.Queue} SET vt = now()");
            await Database.ExecuteAsync("SELECT pg_sleep($1)", random.NextDouble() / 50);
            await host.StopAsync();

            Assert.Equal(0, await Database.ScalarAsync<long>(
                """
                SELECT count(*) FROM tasker.workflow_step_transitions t JOIN tasker.workflow_steps ws USING (workflow_step_uuid)
                WHERE t.most_recent AND workflow_step_uuid = ANY ($1) AND (t.to_state NOT IN ('enqueued', 'enqueued_for_orchestration') OR ws.in_process)
                """,
                waiting.ToArray()));
        }

        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    private async Task<string> RunAsync(CoreFlow flow, string context)
    {
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", context);
        return await orchestrator.WaitAsync(task, CoreHost.Token);
    }
}
