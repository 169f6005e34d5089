using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using RabbitMQ.Client;
using Tasker.Client;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.Postgres.Tests.Support;
using Tasker.RabbitMq.Tests.Support;

namespace Tasker.RabbitMq.Tests;

/// <summary>Steps and results over RabbitMQ (protocol sheet §12).</summary>
public sealed class DeliveryTests(Databases databases, Brokers brokers)
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    private AmqpQueues Queues => brokers.Queues;

    [Fact]
    public async Task A_task_runs_to_its_end_and_leaves_the_rows_of_any_other()
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");
        await using var host = await StartAsync(flow);
        await using var queues = await AmqpQueues.ConnectAsync(brokers.Url);
        await using var orchestrator = new StandInOrchestrator(Database, queues);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, "flow", "1.0.0", "{}");

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Equal(["pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete"], await Database.StatesAsync(task, "second"));
        await Queues.UntilEmptyAsync(flow.Queue);
        Assert.Equal(0, await Database.ScalarAsync<long>("SELECT count(*) FROM pgmq.meta WHERE queue_name = $1", flow.Queue));
    }

    [Fact]
    public async Task A_result_is_announced_as_tasker_core_does_it()
    {
        var flow = new CoreFlow().Step("only");
        await using var broker = await RabbitServer.StartAsync();
        await using var queues = await AmqpQueues.ConnectAsync(broker.Url);
        await using var host = await RabbitFlow.StartAsync(databases.Shared, flow, broker.Url);
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        var task = (await Database.TasksAsync([step])).Single();
        await queues.SendAsync(Database, flow, step);
        await queues.UntilCountAsync(AmqpQueues.Results, 1);

        var message = (await queues.TakeAsync(AmqpQueues.Results))!;
        Assert.Equal(("application/json", DeliveryModes.Persistent), (message.BasicProperties.ContentType, message.BasicProperties.DeliveryMode));
        Assert.False(message.BasicProperties.IsHeadersPresent());
        Assert.Equal(("", AmqpQueues.Results), (message.Exchange, message.RoutingKey));
        using var body = JsonDocument.Parse(Encoding.UTF8.GetString(message.Body.Span));
        Assert.Equal(
            [("task_uuid", task.ToString()), ("step_uuid", step.ToString()), ("correlation_id", await Database.ScalarAsync<string>("SELECT correlation_id::text FROM tasker.tasks WHERE task_uuid = $1", task))],
            body.RootElement.EnumerateObject().Select(one => (one.Name, one.Value.GetString()!)));
    }

    [Theory]
    [InlineData("no JSON")]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"task_uuid":"x"}""")]
    [InlineData("""{"step_uuid":"not a uuid"}""")]
    [InlineData("""{"step_uuid":"0199d0a0-0000-7000-8000-000000000001"}""")]
    public async Task A_message_that_names_no_step_goes_to_the_dead_letters_and_the_worker_goes_on(string poison)
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow);
        await Queues.SendAsync(flow.Queue, poison);
        Assert.Contains("names no step that exists", await host.Log.WaitForAsync(411), StringComparison.Ordinal);
        await Queues.UntilCountAsync(flow.Dead(), 1);
        Assert.Equal(poison, Encoding.UTF8.GetString((await Queues.TakeAsync(flow.Dead()))!.Body.Span));

        await RunOneAsync(flow);
        Assert.Equal(0u, await Queues.CountAsync(flow.Queue));
    }

    [Fact]
    public async Task Duplicates_and_stale_messages_are_acknowledged_and_nothing_runs_twice()
    {
        var flow = new CoreFlow().Step("only");
        await using (await StartAsync(flow))
        {
            var step = (await Database.EnqueueAsync(flow, 1))[0];
            for (var i = 0; i < 5; i++)
                await Queues.SendAsync(Database, flow, step);
            await Database.UntilStateAsync(step, "enqueued_for_orchestration");
            await Queues.SendAsync(Database, flow, step);
            await RunOneAsync(flow);
        }

        // With the worker gone, what it had not acknowledged would be in the queue again.
        Assert.Equal(0u, await Queues.CountAsync(flow.Queue));
        Assert.Equal(0u, await Queues.CountAsync(flow.Dead()));
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public async Task Two_workers_share_the_steps_and_run_each_once_though_every_message_comes_twice()
    {
        const int count = 200;
        var flow = new CoreFlow().Step("only");
        await using var one = await StartAsync(flow);
        await using var two = await StartAsync(flow);
        var steps = await Database.EnqueueAsync(flow, count);
        foreach (var step in steps.Concat(steps))
            await Queues.SendAsync(Database, flow, step);
        await Database.UntilAllAsync(steps, "enqueued_for_orchestration");

        Assert.Equal(count, flow.Runs["only"]);
        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
        Assert.All((await Queues.TakeResultsAsync(await Database.TasksAsync(steps))).Values, messages => Assert.Equal(1, messages));
    }

    [Fact]
    public async Task A_busy_worker_hands_waiting_messages_back_to_idle_ones()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await using var busy = await StartAsync(flow, slots: 1, rabbit: options => options.HandBackAfter = TimeSpan.FromMilliseconds(100));
        var steps = await Database.EnqueueAsync(flow, 4);
        foreach (var step in steps)
            await Queues.SendAsync(Database, flow, step);
        await gate.UntilBegunAsync();
        await using var idle = await StartAsync(flow, slots: 4);
        try
        {
            await Database.UntilAllAsync(steps, "in_progress");
        }
        finally
        {
            gate.Open();
        }

        Assert.All(flow.Attempts.Values, runs => Assert.Equal(1, runs));
    }

    [Fact]
    public async Task A_step_that_this_worker_has_no_handler_for_is_left_to_one_that_has()
    {
        var flow = new CoreFlow().Step("ours").Foreign("theirs");
        await using (await StartAsync(flow))
        {
        }

        var other = new CoreFlow { Namespace = flow.Namespace, Name = "other" };
        other.Add(other.Define("ours", []), CoreFlow.Ran);
        await using var stranger = await StartAsync(other, rabbit: options => options.HandBackAfter = TimeSpan.FromMilliseconds(100));
        var step = (await Database.EnqueueAsync(flow, 1, "theirs"))[0];
        await Queues.SendAsync(Database, flow, step);
        Assert.Contains("step 'theirs' of template", await stranger.Log.WaitForAsync(411), StringComparison.Ordinal);
        Assert.Equal("enqueued", await Database.StateAsync(step));

        // The owner has no handler for it either, and as its owner says so.
        await using var owner = await StartAsync(flow);
        await Database.UntilStateAsync(step, "enqueued_as_error_for_orchestration");
        Assert.Equal(1, stranger.Log.Count(411));
    }

    [Fact]
    public async Task A_worker_that_stops_finishes_what_runs_reports_it_and_gives_the_rest_back()
    {
        var gate = new Gate();
        var flow = gate.Before("only");
        await using var host = await StartAsync(flow, slots: 1);
        var steps = await Database.EnqueueAsync(flow, 3);
        foreach (var step in steps)
            await Queues.SendAsync(Database, flow, step);
        await gate.UntilBegunAsync();
        var stopping = host.StopAsync();

        // Given back while the handler still runs.
        await Queues.UntilCountAsync(flow.Queue, 2);
        Assert.False(stopping.IsCompleted);
        gate.Open();
        await stopping;

        var states = new List<string>();
        foreach (var step in steps)
            states.Add(await Database.StateAsync(step));
        Assert.Equal(["enqueued", "enqueued", "enqueued_for_orchestration"], states.Order());
        var finished = steps[states.IndexOf("enqueued_for_orchestration")];
        Assert.Single(await Queues.TakeResultsAsync(await Database.TasksAsync([finished])));
        Assert.Equal(2u, await Queues.CountAsync(flow.Queue));
    }

    /// <summary>On a broker of its own: all requests go to one queue.</summary>
    [Fact]
    public async Task A_task_can_be_requested_and_a_request_that_nobody_takes_up_is_said_to_be_there()
    {
        var flow = new CoreFlow().Step("only");
        await using var broker = await RabbitServer.StartAsync();
        await using var queues = await AmqpQueues.ConnectAsync(broker.Url);
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            options => options.StartTimeout = TimeSpan.FromSeconds(1),
            more: tasker => tasker.UseRabbitMq(broker.Url).UseTaskerCoreQueueClient());
        var client = host.Services.GetRequiredService<ITaskClient>();

        var exception = await Assert.ThrowsAsync<TimeoutException>(() => client.StartJsonAsync(flow.Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token).AsTask());

        Assert.Contains("the request is still in its queue", exception.Message, StringComparison.Ordinal);
        var request = (await queues.TakeAsync("orchestration_task_requests"))!;
        using var body = JsonDocument.Parse(request.Body);
        Assert.Equal(flow.Namespace, body.RootElement.GetProperty("task_request").GetProperty("namespace").GetString());
    }

    [Fact]
    public async Task A_queue_that_is_deleted_is_declared_again()
    {
        var flow = new CoreFlow().Step("only");
        await using var host = await StartAsync(flow);
        await host.Log.WaitForAsync(450);
        await Queues.DeleteAsync(flow.Queue);
        Assert.Contains("deleted", await host.Log.WaitForAsync(451), StringComparison.Ordinal);
        await Queues.DeclareAsync(flow.Queue);

        await RunOneAsync(flow);
    }

    private Task<CoreHost> StartAsync(CoreFlow flow, int slots = 8, Action<RabbitMqOptions>? rabbit = null) =>
        RabbitFlow.StartAsync(databases.Shared, flow, brokers.Url, options => options.PollInterval = Never, slots, rabbit);

    private async Task RunOneAsync(CoreFlow flow)
    {
        var step = (await Database.EnqueueAsync(flow, 1))[0];
        await Queues.SendAsync(Database, flow, step);
        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }
}
