using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.Postgres.Fixture.Server;
using Tasker.Postgres.Tests.Support;
using Tasker.RabbitMq.Tests.Support;

namespace Tasker.RabbitMq.Tests;

/// <summary>What becomes of steps and results when a worker, a connection or the broker dies.</summary>
public sealed class FaultTests(Databases databases, Brokers brokers)
{
    private NpgsqlDataSource Database => databases.Shared.DataSource;

    private AmqpQueues Queues => brokers.Queues;

    [Fact]
    public async Task The_message_of_a_worker_that_dies_before_its_claim_is_committed_goes_to_another()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        var connection = new NpgsqlConnectionStringBuilder(databases.Shared.ConnectionString) { ApplicationName = "dies_" + flow.Namespace }.ConnectionString;
        using var worker = await KillableWorker.StartAsync(connection, flow, "dies", "run", brokers.Url);

        // The claim waits for the step's row.
        await using (var blocker = await Database.OpenConnectionAsync(CoreHost.Token))
        await using (var transaction = await blocker.BeginTransactionAsync(CoreHost.Token))
        {
            await using (var hold = new NpgsqlCommand("SELECT 1 FROM tasker.workflow_steps WHERE workflow_step_uuid = $1 FOR UPDATE", blocker) { Parameters = { new() { Value = step } } })
                await hold.ExecuteNonQueryAsync(CoreHost.Token);
            await Queues.SendAsync(Database, flow, step);
            await Database.UntilAsync("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock')", "dies_" + flow.Namespace);
            Assert.Equal(0u, await Queues.CountAsync(flow.Queue));
            worker.Kill();
            await Database.ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1", "dies_" + flow.Namespace);
            await Queues.UntilCountAsync(flow.Queue, 1);
        }

        await using var peer = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url);
        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
        Assert.Equal(1, await Database.ScalarAsync<int>("SELECT attempts FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", step));
    }

    [Fact]
    public async Task The_step_of_a_worker_that_dies_after_its_claim_is_reported_over_the_broker()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        using (var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "phoenix", "hang", brokers.Url))
        {
            await Queues.SendAsync(Database, flow, step);
            await Database.UntilStateAsync(step, "in_progress");
            worker.Kill();
        }

        await using var peer = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        await Database.UntilStateAsync(step, "enqueued_as_error_for_orchestration");

        Assert.Single(await Queues.TakeResultsAsync(await Database.TasksAsync([step])));
        Assert.Equal(0u, await Queues.CountAsync(flow.Queue));
    }

    [Fact]
    public async Task The_message_of_a_worker_that_dies_before_it_acknowledges_comes_again_and_starts_nothing()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        await using var proxy = Wire(brokers.Url, out var url);
        using (var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "unheard", "hang", url))
        {
            await UntilReceivingAsync(flow);
            proxy.Mute();
            await Queues.SendAsync(Database, flow, step);
            await Database.UntilStateAsync(step, "in_progress");
            worker.Kill();
        }

        proxy.CutOnce();
        await Queues.UntilCountAsync(flow.Queue, 1);
        await using (await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, options => options.WorkerSilence = TimeSpan.FromSeconds(1)))
            await Database.UntilStateAsync(step, "enqueued_as_error_for_orchestration");

        Assert.Equal(0u, await Queues.CountAsync(flow.Queue));
        Assert.False(flow.Runs.ContainsKey("only"));
    }

    [Fact]
    public async Task A_result_whose_worker_dies_before_it_can_be_announced_is_announced_by_another()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        var tasks = await Database.TasksAsync([step]);
        await DieUnheardAsync(flow, step, "gate");

        Assert.Empty(await Queues.ReadResultsAsync(tasks));
        await using var peer = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        Assert.Single(await Queues.TakeResultsAsync(tasks));
        Assert.Equal("1", await Database.ScalarAsync<string>(
            "SELECT metadata #>> '{tasker_dotnet,announced}' FROM tasker.workflow_step_transitions WHERE workflow_step_uuid = $1 AND most_recent AND $2 <> ''",
            step,
            await peer.Log.WaitForAsync(432)));
    }

    [Fact]
    public async Task An_event_whose_worker_dies_before_it_can_be_sent_is_sent_by_another()
    {
        var flow = new CoreFlow();
        flow.Add(flow.DefineTelling("only"), CoreFlow.Ran);
        await RegisterAsync(flow);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        await DieUnheardAsync(flow, step, "tell");

        Assert.Equal(0u, await Queues.CountAsync(flow.EventQueue));
        // Its own worker is given half a minute.
        await Database.ExecuteAsync("UPDATE pgmq.q_tasker_dotnet_events SET vt = now() WHERE message ->> 'queue' = $1", flow.EventQueue);
        await using var peer = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, options => options.WorkerSilence = TimeSpan.FromSeconds(1));
        Assert.Single(await Queues.TakeResultsAsync(await Database.TasksAsync([step])));
        await Queues.UntilCountAsync(flow.EventQueue, 1);
    }

    [Fact]
    public async Task Results_wait_for_a_broker_that_is_away()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await using var proxy = Wire(brokers.Url, out var url);
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, url);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        await Queues.SendAsync(Database, flow, step);
        await gate.UntilBegunAsync();
        proxy.Cut();
        gate.Open();
        await host.Log.WaitForAsync(424);
        Assert.Equal("enqueued_for_orchestration", await Database.StateAsync(step));
        proxy.Mend();

        Assert.Single(await Queues.TakeResultsAsync(await Database.TasksAsync([step])));
    }

    [Fact]
    public async Task Dropped_connections_lose_no_step_and_run_none_twice()
    {
        const int count = 300;
        var flow = new CoreFlow().Step("only");
        await using var proxy = Wire(brokers.Url, out var url);
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, url);
        var steps = await Database.EnqueueAsync(flow, count);
        for (var i = 0; i < count; i++)
        {
            await Queues.SendAsync(Database, flow, steps[i]);
            if (i % 60 == 59)
                proxy.CutOnce();
        }

        await Database.UntilAllAsync(steps, "enqueued_for_orchestration");
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
        Assert.Equal(count, (await Queues.TakeResultsAsync(await Database.TasksAsync(steps))).Count);
    }

    [Fact]
    public async Task A_broker_that_crashes_and_comes_back_loses_no_step()
    {
        const int count = 100;
        await using var broker = await RabbitServer.StartAsync();
        var flow = new CoreFlow().Step("only");
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, broker.Url, slots: 2);
        var steps = await Database.EnqueueAsync(flow, count + 1);
        await using (var queues = await AmqpQueues.ConnectAsync(broker.Url))
        {
            foreach (var step in steps.SkipLast(1))
                await queues.SendAsync(Database, flow, step);
        }

        await broker.RestartAsync();
        await using (var queues = await AmqpQueues.ConnectAsync(broker.Url))
        {
            await queues.SendAsync(Database, flow, steps[^1]);
            await Database.UntilAllAsync(steps, "enqueued_for_orchestration");
            Assert.Equal(count + 1, (await queues.TakeResultsAsync(await Database.TasksAsync(steps))).Count);
        }

        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public async Task Messages_go_back_when_the_database_is_away()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        await using var proxy = new PostgresProxy(databases.Shared.ConnectionString);
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, connectionString: proxy.ConnectionString);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        proxy.Cut();
        await Queues.SendAsync(Database, flow, step);
        await host.Log.WaitForAsync(410);
        proxy.Mend();

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    /// <summary>A worker stores its result while the broker is away, and dies.</summary>
    private async Task DieUnheardAsync(CoreFlow flow, Guid step, string mode)
    {
        await using var proxy = Wire(brokers.Url, out var url);
        using var worker = await KillableWorker.StartAsync(databases.Shared.ConnectionString, flow, "unheard", mode, url);
        await Queues.SendAsync(Database, flow, step);
        await Database.UntilStateAsync(step, "in_progress");
        proxy.Cut();
        await worker.ReleaseAsync();
        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
        worker.Kill();
    }

    /// <summary>Until a worker in another process consumes.</summary>
    private async Task UntilReceivingAsync(CoreFlow flow)
    {
        var limit = System.Diagnostics.Stopwatch.StartNew();
        while (await Queues.ConsumersAsync(flow.Queue) == 0)
            Assert.True(limit.Elapsed < TimeSpan.FromSeconds(30), "The worker never consumed.");
    }

    private static TcpProxy Wire(string url, out string through)
    {
        var address = new Uri(url);
        var proxy = new TcpProxy(address.Host, address.Port);
        through = new UriBuilder(address) { Port = proxy.Port }.Uri.AbsoluteUri;
        return proxy;
    }

    private async Task RegisterAsync(CoreFlow flow)
    {
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url);
    }
}
