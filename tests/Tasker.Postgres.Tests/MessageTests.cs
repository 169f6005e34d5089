using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>How messages reach a worker, and what becomes of those it cannot use.</summary>
public sealed class MessageTests(Databases databases)
{
    private static readonly TimeSpan Never = TimeSpan.FromHours(1);

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task Each_step_takes_two_statements()
    {
        const int steps = 20;
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var waiting = await SeedSilentlyAsync(flow, steps + 1);
        await using var proxy = new Fixture.Server.PostgresProxy(databases.Shared.ConnectionString);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = Never, connectionString: proxy.ConnectionString);
        await host.Log.WaitForAsync(403);

        // The first one also reads the template.
        await RunOneAsync(flow, waiting[0]);
        var before = Working(proxy);
        foreach (var step in waiting.Skip(1))
            await RunOneAsync(flow, step);

        Assert.Equal(2 * steps, Working(proxy) - before);
    }

    [Fact]
    public async Task Gathered_steps_share_their_statements()
    {
        const int steps = 200;
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        await using var proxy = new Fixture.Server.PostgresProxy(databases.Shared.ConnectionString);
        await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", steps);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = Never, slots: 50, connectionString: proxy.ConnectionString);

        await UntilDoneAsync(flow, steps);

        Assert.True(Working(proxy) < steps, $"{Working(proxy)} statements for {steps} steps");
    }

    [Theory]
    [InlineData("message_ready")]
    [InlineData("batch_ready")]
    [InlineData("truncated batch_ready")]
    [InlineData("no JSON at all")]
    public async Task Every_kind_of_notification_brings_its_step(string kind)
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await SeedSilentlyAsync(flow, 1))[0];
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = Never);
        await host.Log.WaitForAsync(403);

        var message = $$"""{"step_uuid":"{{step}}","task_uuid":"{{step}}","correlation_id":"{{step}}"}""";
        switch (kind)
        {
            case "message_ready":
                await Database.ExecuteAsync("SELECT pgmq_send_with_notify($1, $2::jsonb || jsonb_build_object('padding', repeat('x', 8000)), 0)", flow.Queue, message);
                break;
            case "batch_ready":
                await Database.ExecuteAsync("SELECT pgmq_send_batch_with_notify($1, ARRAY[$2::jsonb], 0)", flow.Queue, message);
                break;
            case "truncated batch_ready":
                await Database.ExecuteAsync("SELECT pgmq_send_batch_with_notify($1, array_agg($2::jsonb), 0) FROM generate_series(1, 2000)", flow.Queue, message);
                break;
            default:
                await Database.ExecuteAsync("SELECT pgmq.send($1, $2::jsonb, 0)", flow.Queue, message);
                await Database.ExecuteAsync("SELECT pg_notify('pgmq_message_ready.' || $1, 'look!')", flow.Namespace);
                break;
        }

        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
        Assert.Equal(1, flow.Runs["only"]);
    }

    [Fact]
    public async Task Messages_sent_before_the_worker_listened_are_found()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 30);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = Never);

        await UntilDoneAsync(flow, 30);
    }

    [Fact]
    public async Task Polling_finds_what_no_notification_announced()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.PollInterval = TimeSpan.FromMilliseconds(50));
        await host.Log.WaitForAsync(403);
        await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 5);

        await UntilDoneAsync(flow, 5);
    }

    [Fact]
    public async Task A_stale_message_is_archived_and_its_step_does_not_run_again()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await Seed.EnqueueAsync(Database, flow.Namespace, "flow", "only", 1))[0];
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await UntilDoneAsync(flow, 1);

        for (var i = 0; i < 3; i++)
            await Seed.SendAsync(Database, flow.Namespace, step);

        await Database.UntilAsync($"SELECT count(*) = 4 FROM pgmq.a_{flow.Queue}");
        Assert.Equal(0, await Database.QueuedAsync(flow));
        Assert.Equal(1, flow.Runs["only"]);
    }

    /// <summary>A step that an operator has reset is pending again; a message of the attempt before must not start it early (§4.4).</summary>
    [Fact]
    public async Task A_stale_message_does_not_start_a_pending_step()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await SeedSilentlyAsync(flow, 1))[0];
        await Database.ExecuteAsync("UPDATE tasker.workflow_step_transitions SET to_state = 'pending', from_state = 'error' WHERE workflow_step_uuid = $1 AND most_recent", step);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await Seed.SendAsync(Database, flow.Namespace, step);

        await Database.UntilAsync($"SELECT count(*) = 1 FROM pgmq.a_{flow.Queue}");
        Assert.Equal("pending", await Database.StateAsync(step));
        Assert.False(flow.Runs.ContainsKey("only"));
    }

    public static TheoryData<string, string, string> Malformed => new()
    {
        { "tasks.context", "UPDATE tasker.tasks SET context = '[1]' WHERE task_uuid = (SELECT task_uuid FROM tasker.workflow_steps WHERE workflow_step_uuid = $1)", "tasks.context is not an object" },
        { "tasks.context null", "UPDATE tasker.tasks SET context = NULL WHERE task_uuid = (SELECT task_uuid FROM tasker.workflow_steps WHERE workflow_step_uuid = $1)", "tasks.context is not an object" },
        { "inputs", "UPDATE tasker.workflow_steps SET inputs = '\"text\"' WHERE workflow_step_uuid = $1", "workflow_steps.inputs is not an object" },
        { "inputs' template name", "UPDATE tasker.workflow_steps SET inputs = '{\"__template_step_name\": 7}' WHERE workflow_step_uuid = $1", "has no handler" },
        { "checkpoint", "UPDATE tasker.workflow_steps SET checkpoint = '3' WHERE workflow_step_uuid = $1", "workflow_steps.checkpoint is not an object" },
        { "attempts", "UPDATE tasker.workflow_steps SET attempts = -4 WHERE workflow_step_uuid = $1", "workflow_steps.attempts is out of range" },
        { "inputs' template name that spans two", "UPDATE tasker.workflow_steps SET inputs = '{\"__template_step_name\": \"only\\nother\"}' WHERE workflow_step_uuid = $1", "has no handler" },
        { "inputs' empty template name", "UPDATE tasker.workflow_steps SET inputs = '{\"__template_step_name\": \"\"}' WHERE workflow_step_uuid = $1", "has no handler" },
        { "inputs' template name that spans two, the other way", "UPDATE tasker.workflow_steps SET inputs = '{\"__template_step_name\": \"other\\nonly\"}' WHERE workflow_step_uuid = $1", "has no handler" },
        { "last_attempted_at", "UPDATE tasker.workflow_steps SET last_attempted_at = '0044-03-15 BC' WHERE workflow_step_uuid = $1", "workflow_steps.last_attempted_at is out of range" },
        { "updated_at", "UPDATE tasker.workflow_steps SET updated_at = '20000-01-01' WHERE workflow_step_uuid = $1", "workflow_steps.updated_at is out of range" },
        { "sort_key", "UPDATE tasker.workflow_step_transitions SET sort_key = 2147483647 WHERE workflow_step_uuid = $1 AND most_recent", "workflow_step_transitions.sort_key is out of range" },
        { "named_steps.name", "UPDATE tasker.workflow_steps SET inputs = '{\"__template_step_name\": \"nobody\"}' WHERE workflow_step_uuid = $1", "step 'nobody'" },
    };

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_row_is_named_its_message_kept_and_the_worker_goes_on(string column, string spoil, string problem)
    {
        var flow = new CoreFlow().Step("only").Step("other");
        await RegisterAsync(flow);
        var steps = await SeedSilentlyAsync(flow, 2);
        await Database.ExecuteAsync(spoil, steps[0]);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await Seed.SendAsync(Database, flow.Namespace, steps[0]);

        var said = await host.Log.WaitForAsync(411);
        await RunOneAsync(flow, steps[1]);

        Assert.True(said.Contains(problem, StringComparison.Ordinal), $"{column}: {said}");
        Assert.Equal("enqueued", await Database.StateAsync(steps[0]));
        Assert.Equal(1, await Database.QueuedAsync(flow));
        Assert.Equal(1, flow.Runs["only"]);
    }

    [Theory]
    [InlineData("attempts = NULL, max_attempts = NULL")]
    [InlineData("max_attempts = -1")]
    [InlineData("inputs = 'null', checkpoint = 'null', results = 'null'")]
    [InlineData("attempts = 2, results = '7'")]
    [InlineData("attempts = 2, results = '{\"success\":false,\"error\":7,\"metadata\":[]}'")]
    [InlineData("attempts = 2, results = '{\"success\":false,\"error\":{\"message\":{},\"backtrace\":[1,{}],\"status_code\":1e99}}'")]
    [InlineData("last_attempted_at = 'infinity', updated_at = '-infinity', backoff_request_seconds = -5")]
    public async Task A_row_that_is_odd_but_usable_runs(string change)
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await SeedSilentlyAsync(flow, 1))[0];
        await Database.ExecuteAsync($"UPDATE tasker.workflow_steps SET {change} WHERE workflow_step_uuid = $1", step);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);

        await RunOneAsync(flow, step);

        Assert.Equal(1, flow.Runs["only"]);
        Assert.Equal(0, host.Log.Count(411));
    }

    [Theory]
    [InlineData("""{"task_uuid":"x"}""")]
    [InlineData("""{"step_uuid":"not a uuid"}""")]
    [InlineData("""{"step_uuid":17}""")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"step_uuid":"0199d0a0-0000-7000-8000-000000000001"}""")]
    public async Task A_malformed_message_is_kept_and_the_worker_goes_on(string message)
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var steps = await SeedSilentlyAsync(flow, 1);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await Database.ExecuteAsync("SELECT pgmq_send_with_notify($1, $2::jsonb, 0)", flow.Queue, message);

        var said = await host.Log.WaitForAsync(411);
        await RunOneAsync(flow, steps[0]);

        Assert.Contains("names no step that exists", said, StringComparison.Ordinal);
        Assert.Equal(1, await Database.QueuedAsync(flow));
    }

    [Theory]
    [InlineData("""{"name":"flow"}""", "$.namespace_name is missing")]
    [InlineData("""{"name":"flow","namespace_name":"n","version":"1","steps":[{"name":"only"}]}""", "$.steps[0].handler is missing")]
    [InlineData("""{"name":"flow","namespace_name":"n","version":"1","steps":[{"name":"only","handler":{"callable":3}}]}""", "$.steps[0].handler.callable is a number")]
    [InlineData("[]", "$ is a list")]
    [InlineData("{}", "$.name is missing")]
    public async Task An_unreadable_template_is_named_its_messages_kept_and_it_is_read_again_when_it_changes(string configuration, string problem)
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var good = await TemplateAsync(flow);
        var step = (await SeedSilentlyAsync(flow, 1))[0];
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.RegisterTemplates = false);
        await SetTemplateAsync(flow, configuration);
        await Seed.SendAsync(Database, flow.Namespace, step);

        Assert.Contains(problem, await host.Log.WaitForAsync(412), StringComparison.Ordinal);
        Assert.Contains("template cannot be read", await host.Log.WaitForAsync(411), StringComparison.Ordinal);
        Assert.Equal("enqueued", await Database.StateAsync(step));

        await SetTemplateAsync(flow, good);
        await Database.ExecuteAsync($"UPDATE pgmq.q_{flow.Queue} SET vt = now()");
        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    [Fact]
    public async Task A_template_with_a_time_beyond_that_of_NET_is_named_and_its_messages_kept()
    {
        var flow = new CoreFlow().Step("only");
        await RegisterAsync(flow);
        var step = (await SeedSilentlyAsync(flow, 1))[0];
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, options => options.RegisterTemplates = false);
        await Database.ExecuteAsync("UPDATE tasker.named_tasks t SET updated_at = '20000-01-01' FROM tasker.task_namespaces n WHERE n.task_namespace_uuid = t.task_namespace_uuid AND n.name = $1", flow.Namespace);
        await Seed.SendAsync(Database, flow.Namespace, step);

        Assert.Contains("updated_at is out of range", await host.Log.WaitForAsync(412), StringComparison.Ordinal);
        Assert.Equal("enqueued", await Database.StateAsync(step));
        await SetTemplateAsync(flow, await TemplateAsync(flow));
        await RunOneAsync(flow, step);
    }

    [Fact]
    public async Task A_changed_template_takes_effect_with_the_next_step()
    {
        var seen = new List<string>();
        var flow = new CoreFlow();
        flow.Add(flow.Define("only", []) with { Configuration = """{"rate":1}"""u8.ToArray() }, (context, outcome) =>
        {
            seen.Add(CoreFlow.Text(context.Step.Configuration));
            return CoreFlow.Ran(context, outcome);
        });
        await RegisterAsync(flow);
        var steps = await SeedSilentlyAsync(flow, 2);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await RunOneAsync(flow, steps[0]);
        await SetTemplateAsync(flow, (await TemplateAsync(flow)).Replace("\"rate\": 1", "\"rate\": 2", StringComparison.Ordinal));
        await RunOneAsync(flow, steps[1]);

        Assert.Equal(["""{"rate": 1}""", """{"rate": 2}"""], seen);
    }

    /// <summary>A template that another worker brought, with a step that only that one can run.</summary>
    [Fact]
    public async Task A_step_of_another_workers_template_is_left_to_it_and_ones_own_without_a_handler_fails()
    {
        var flow = new CoreFlow().Step("ours").Foreign("theirs");
        await RegisterAsync(flow);
        var ours = (await SeedSilentlyAsync(flow, 1, "ours"))[0];
        var theirs = (await SeedSilentlyAsync(flow, 1, "theirs"))[0];
        var other = new CoreFlow { Namespace = flow.Namespace, Name = "other" };
        other.Add(other.Define("ours", []), CoreFlow.Ran);
        await using (var host = await CoreHost.StartAsync(databases.Shared, other))
        {
            await Seed.SendAsync(Database, flow.Namespace, theirs);
            Assert.Contains("step 'theirs' of template", await host.Log.WaitForAsync(411), StringComparison.Ordinal);
            await RunOneAsync(flow, ours);
            Assert.Equal("enqueued", await Database.StateAsync(theirs));
        }

        await using var owner = await CoreHost.StartAsync(databases.Shared, flow);
        await Seed.SendAsync(Database, flow.Namespace, theirs);
        await Database.UntilStateAsync(theirs, "enqueued_as_error_for_orchestration");
        Assert.Equal(
            "handler_not_found",
            await Database.ScalarAsync<string>("SELECT results #>> '{metadata,error_type}' FROM tasker.workflow_steps WHERE workflow_step_uuid = $1", theirs));
    }

    [Theory]
    [InlineData("", null, false)]
    [InlineData("[]", null, false)]
    [InlineData("""{"queue_name":7}""", null, false)]
    [InlineData("""{"queue_name":"q"}""", "q", false)]
    [InlineData("""{"event_type":"message_ready","msg_id":3,"queue_name":"q","namespace":"n","payload_omitted":true,"truncated":true}""", "q", false)]
    [InlineData("""{"event_type":"message_with_payload","msg_id":"3","queue_name":"q","message":{"step_uuid":"0199d0a0-0000-7000-8000-000000000001"}}""", "q", false)]
    [InlineData("""{"event_type":"message_with_payload","msg_id":3,"queue_name":"q","message":{"step_uuid":"x"}}""", "q", false)]
    [InlineData("""{"event_type":"message_with_payload","msg_id":3,"queue_name":"q","message":{"step_uuid":"0199d0a0-0000-7000-8000-000000000001"}}""", "q", true)]
    public void Whatever_a_notification_does_not_say_is_looked_up_in_the_queue(string payload, string? queue, bool hasMessage)
    {
        var notification = Notification.Parse(payload);

        Assert.Equal(queue, notification.Queue);
        Assert.Equal(hasMessage, notification.Message is not null);
    }

    private static long Working(Fixture.Server.PostgresProxy proxy) =>
        proxy.Statements.Where(one => one.Key.Contains("workflow_step_transitions", StringComparison.Ordinal) && one.Key.Contains("flipped", StringComparison.Ordinal)).Sum(one => one.Value);

    /// <summary>Starts a host once, which registers the flow.</summary>
    private async Task RegisterAsync(CoreFlow flow)
    {
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
    }

    /// <summary>Enqueued steps without a message.</summary>
    private async Task<List<Guid>> SeedSilentlyAsync(CoreFlow flow, int count, string step = "only")
    {
        var steps = await Seed.EnqueueAsync(Database, flow.Namespace, "flow", step, count);
        await Database.ExecuteAsync($"DELETE FROM pgmq.q_{flow.Queue}");
        return steps;
    }

    private async Task RunOneAsync(CoreFlow flow, Guid step)
    {
        await Seed.SendAsync(Database, flow.Namespace, step);
        await Database.UntilStateAsync(step, "enqueued_for_orchestration");
    }

    private Task UntilDoneAsync(CoreFlow flow, int count) => Database.UntilAsync(
        $"""
        SELECT count(*) = $1 FROM tasker.workflow_step_transitions t
        WHERE t.most_recent AND t.to_state = 'enqueued_for_orchestration'
            AND t.workflow_step_uuid IN (SELECT (message ->> 'step_uuid')::uuid FROM pgmq.a_{flow.Queue})
        """,
        count);

    private Task<string> TemplateAsync(CoreFlow flow) => Database.ScalarAsync<string>(
        "SELECT t.configuration::text FROM tasker.named_tasks t JOIN tasker.task_namespaces n USING (task_namespace_uuid) WHERE n.name = $1",
        flow.Namespace);

    private Task<int> SetTemplateAsync(CoreFlow flow, string configuration) => Database.ExecuteAsync(
        """
        UPDATE tasker.named_tasks t SET configuration = $2::jsonb, updated_at = clock_timestamp() AT TIME ZONE 'UTC' FROM tasker.task_namespaces n
        WHERE n.task_namespace_uuid = t.task_namespace_uuid AND n.name = $1
        """,
        flow.Namespace,
        configuration);
}
