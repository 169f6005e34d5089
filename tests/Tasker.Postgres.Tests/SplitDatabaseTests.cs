using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Fixture.Server;
using Tasker.Postgres.Recovery;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>Queues in another database than the steps (protocol sheet §1.1).</summary>
public sealed class SplitDatabaseTests(SplitDatabases databases) : IClassFixture<SplitDatabases>
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private NpgsqlDataSource Steps => databases.Steps.DataSource;

    private NpgsqlDataSource Queues => databases.Queues.DataSource;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_runs_to_its_end_whether_its_messages_are_announced_or_polled_for(bool announced)
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");
        await using var host = await StartAsync(flow, options => options.PollInterval = announced ? Never : TimeSpan.FromMilliseconds(50));
        await host.Log.WaitForAsync(403);
        await using var orchestrator = new StandInOrchestrator(Steps, announced ? new PgmqQueues(Queues) : new Silent(Queues));
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Equal(["pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete"], await Steps.StatesAsync(task, "second"));
        await Queues.UntilAsync($"SELECT count(*) = 2 FROM pgmq.a_{flow.Queue}");
        Assert.Equal(0, await Queues.QueuedAsync(flow));
    }

    [Fact]
    public async Task Workers_share_the_steps_and_run_each_once()
    {
        const int tasks = 100;
        var flow = new CoreFlow().Step("only");
        await using var one = await StartAsync(flow);
        await using var two = await StartAsync(flow);
        await using var orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        var started = new List<Guid>();
        for (var i = 0; i < tasks; i++)
            started.Add(await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}"));
        foreach (var task in started)
            Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));

        Assert.Equal(tasks, flow.Runs["only"]);
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
        await Queues.UntilAsync($"SELECT count(*) = $1 FROM pgmq.a_{flow.Queue}", (long)tasks);
    }

    [Fact]
    public async Task A_message_that_names_no_step_is_kept_and_said_once()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow);
        await Queues.ExecuteAsync("SELECT pgmq_send_with_notify($1, '{\"step_uuid\":17}'::jsonb, 0)", flow.Queue);
        Assert.Contains("names no step that exists", await host.Log.WaitForAsync(411), StringComparison.Ordinal);

        await using var orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        Assert.Equal("complete", await orchestrator.WaitAsync(await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}"), CoreHost.Token));
        Assert.Equal(1, await Queues.QueuedAsync(flow));
    }

    [Fact]
    public async Task A_missing_queue_is_created_again()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow);
        await Queues.ExecuteAsync("SELECT pgmq.drop_queue($1)", flow.Queue);
        await host.Log.WaitForAsync(413);
        await Queues.UntilAsync("SELECT to_regclass($1) IS NOT NULL", $"pgmq.q_{flow.Queue}");
    }

    [Fact]
    public async Task A_domain_event_is_sent_once_though_its_queue_was_missing_and_no_longer_kept()
    {
        var flow = new CoreFlow();
        flow.Add(flow.DefineTelling("only"), CoreFlow.Ran);
        await using var host = await StartAsync(flow);
        await Queues.ExecuteAsync("SELECT pgmq.drop_queue($1)", flow.EventQueue);
        await using var orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Equal(1L, await Queues.ScalarAsync<long>($"SELECT count(*) FROM pgmq.q_{flow.EventQueue}"));
        await Steps.UntilAsync("SELECT NOT EXISTS (SELECT FROM pgmq.q_tasker_dotnet_events WHERE message ->> 'queue' = $1)", flow.EventQueue);
    }

    /// <summary>Nothing but what is on its way out lies in the steps' own database.</summary>
    [Fact]
    public async Task The_steps_database_gets_no_other_queue()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow);

        Assert.Equal("tasker_dotnet_events", await Steps.ScalarAsync<string>("SELECT string_agg(queue_name, ',') FROM pgmq.meta"));
    }

    [Fact]
    public async Task Results_wait_for_queues_that_are_away()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await using var proxy = new PostgresProxy(databases.Queues.ConnectionString);
        await using var host = await StartAsync(flow, queues: proxy.ConnectionString);
        await using var orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        await gate.UntilBegunAsync();
        proxy.Cut();
        gate.Open();
        await host.Log.WaitForAsync(424);
        proxy.Mend();

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
    }

    [Fact]
    public async Task A_result_that_is_not_taken_up_is_announced_again_ever_more_seldom()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow, options => options.WorkerSilence = TimeSpan.FromHours(1));
        await host.Services.GetRequiredService<Housekeeping>().StopAsync();
        var recovery = host.Services.GetRequiredService<ResultRecovery>();
        Guid task;
        await using (var orchestrator = new StandInOrchestrator(Steps, new Deaf(Queues)))
            task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        var step = await Steps.ScalarAsync<Guid>("SELECT workflow_step_uuid FROM tasker.workflow_steps WHERE task_uuid = $1", task);
        await Queues.UntilAsync("SELECT count(*) = 1 FROM pgmq.q_orchestration_step_results WHERE message ->> 'step_uuid' = $1", step.ToString());

        foreach (var (minutes, announced) in new[] { (59, 0), (61, 1), (119, 0), (121, 1), (239, 0), (241, 1) })
        {
            await AgeAsync(step, TimeSpan.FromMinutes(minutes));
            Assert.Equal(announced, await recovery.RunAsync(CoreHost.Token));
        }

        // A worker that was started again need not wait for itself.
        await Steps.ExecuteAsync(
            "UPDATE tasker.workflow_step_transitions SET metadata = metadata || jsonb_build_object('worker_uuid', gen_random_uuid(), 'tasker_dotnet', (metadata -> 'tasker_dotnet') - 'announced') WHERE workflow_step_uuid = $1 AND most_recent",
            step);
        foreach (var (seconds, announced) in new[] { (4, 0), (6, 1), (60, 0) })
        {
            await AgeAsync(step, TimeSpan.FromSeconds(seconds));
            Assert.Equal(announced, await recovery.RunAsync(CoreHost.Token));
        }

        await Queues.UntilAsync("SELECT count(*) = 5 FROM pgmq.q_orchestration_step_results WHERE message ->> 'step_uuid' = $1", step.ToString());
    }

    [Theory]
    [InlineData("'{tasker_dotnet,announced}', '\"often\"'", true)]
    [InlineData("'{tasker_dotnet,announced}', '1e30'", true)]
    [InlineData("'{tasker_dotnet,announced}', '-2147483648'", true)]
    [InlineData("'{tasker_dotnet}', '[17]'", false)]
    public async Task A_mark_that_somebody_damaged_keeps_no_other_result_from_being_announced_again(string damage, bool isAnnounced)
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow, options => options.WorkerSilence = TimeSpan.FromHours(1));
        await host.Services.GetRequiredService<Housekeeping>().StopAsync();
        var recovery = host.Services.GetRequiredService<ResultRecovery>();
        var steps = new List<Guid>();
        await using (var orchestrator = new StandInOrchestrator(Steps, new Deaf(Queues)))
        {
            for (var i = 0; i < 2; i++)
            {
                var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
                steps.Add(await Steps.ScalarAsync<Guid>("SELECT workflow_step_uuid FROM tasker.workflow_steps WHERE task_uuid = $1", task));
                await Steps.UntilStateAsync(steps[i], "enqueued_for_orchestration");
            }
        }

        await Steps.ExecuteAsync(
            $"UPDATE tasker.workflow_step_transitions SET metadata = jsonb_set(metadata, {damage}) WHERE workflow_step_uuid = $1 AND most_recent", steps[0]);
        foreach (var step in steps)
            await AgeAsync(step, TimeSpan.FromDays(100));

        Assert.Equal(isAnnounced ? 2 : 1, await recovery.RunAsync(CoreHost.Token));
        Assert.Equal(0, await recovery.RunAsync(CoreHost.Token));
    }

    [Fact]
    public async Task A_job_of_the_housekeeping_that_fails_is_named_and_keeps_no_other_from_being_done()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await using var host = await StartAsync(flow);
        await host.Services.GetRequiredService<Housekeeping>().StopAsync();
        await using var orchestrator = new StandInOrchestrator(Steps, new PgmqQueues(Queues));
        await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");
        await gate.UntilBegunAsync();
        var broken = NpgsqlDataSource.Create(databases.Steps.ConnectionString);
        await broken.DisposeAsync();
        await using (var housekeeping = ActivatorUtilities.CreateInstance<Housekeeping>(
            host.Services,
            ActivatorUtilities.CreateInstance<CancellationWatch>(host.Services, broken),
            ActivatorUtilities.CreateInstance<ClaimRecovery>(host.Services, broken),
            ActivatorUtilities.CreateInstance<ResultRecovery>(host.Services, broken)))
        {
            housekeeping.Start();
            await Steps.ExecuteAsync("SELECT pgmq.send('tasker_dotnet_events', jsonb_build_object('queue', $1, 'message', '{}'::jsonb))", flow.EventQueue);
            await host.Log.WaitForAsync(433);
        }

        foreach (var job in new[] { "look for cancelled steps", "recover claims of workers that are gone", "announce results again" })
            Assert.Contains(host.Log.Lines, line => line.StartsWith($"The worker could not {job}; it tries again", StringComparison.Ordinal));
        Assert.Equal(1L, await Queues.ScalarAsync<long>($"SELECT count(*) FROM pgmq.q_{flow.EventQueue}"));
        gate.Open();
    }

    [Fact]
    public async Task A_database_without_queues_is_named()
    {
        await using var without = await databases.Together.AddAsync("no_queues");
        await without.DataSource.ExecuteAsync("DROP SCHEMA pgmq CASCADE");
        var exception = await Assert.ThrowsAsync<ConfigurationException>(() => StartAsync(new CoreFlow().Step("only"), queues: without.ConnectionString));

        Assert.Contains("Check that PGMQ is installed in the queues' database", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_text_that_is_no_connection_string_is_named_without_being_repeated()
    {
        var tasker = new ServiceCollection().AddTasker();

        var exception = Assert.Throws<ConfigurationException>(() => tasker.UsePgmqDatabase("postgresql://user:secret@host/db?what=1"));

        Assert.Contains("the parameter 'what' is not known", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
    }

    private Task<int> AgeAsync(Guid step, TimeSpan age) => Steps.ExecuteAsync(
        "UPDATE tasker.workflow_step_transitions SET updated_at = now() AT TIME ZONE 'UTC' - $2 WHERE workflow_step_uuid = $1 AND most_recent", step, age);

    private Task<CoreHost> StartAsync(CoreFlow flow, Action<TaskerCoreOptions>? configure = null, string? queues = null) =>
        CoreHost.StartAsync(databases.Steps, flow, configure, more: tasker => tasker.UsePgmqDatabase(queues ?? databases.Queues.ConnectionString));

    /// <summary>Messages that nobody is notified of.</summary>
    private sealed class Silent(NpgsqlDataSource database) : IOrchestratorQueues
    {
        private readonly PgmqQueues _queues = new(database);

        public Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation) => database.ExecuteAsync(
            "SELECT pgmq.send('worker_' || $1 || '_queue', jsonb_build_object('step_uuid', $2::uuid), 0)",
            @namespace,
            step);

        public Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks) => _queues.ReadResultsAsync(tasks);
    }

    /// <summary>An orchestrator that hears of no result.</summary>
    private sealed class Deaf(NpgsqlDataSource database) : IOrchestratorQueues
    {
        private readonly PgmqQueues _queues = new(database);

        public Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation) => _queues.SendStepAsync(@namespace, task, step, correlation);

        public Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks) => Task.FromResult<IReadOnlyList<ResultNotice>>([]);
    }
}
