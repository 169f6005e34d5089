using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;
using Tasker.Templates;

namespace Tasker.Postgres.Tests;

/// <summary>Durable domain events: the whole step as protocol sheet §11 and §5.1 have it, there exactly if the outcome is.</summary>
public sealed class DurableEventTests(Databases databases)
{
    private static readonly EventDeclaration Placed = new() { Name = "order.placed", Description = "d", Schema = "{}" };

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task An_event_carries_the_step_and_its_result_key_for_key()
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");
        flow.Add(
            flow.Define("place", ["second"]) with { Events = [Placed with { Delivery = EventDelivery.Broadcast }], Configuration = """{"limit":5}"""u8.ToArray() },
            (context, outcome) => context.IsRetry ? CoreFlow.Write(outcome, """{"order":7}""") : throw new RetryableException("not yet"));

        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", """{"n":1}""", tags: """["a"]""");
        await orchestrator.WaitAsync(task, CoreHost.Token);

        var root = JsonElement.Parse(Assert.Single(await EventsAsync(flow)));
        Keys(root, "event_id", "event_name", "event_version", "payload", "metadata");
        Assert.Equal(("order.placed", "1.0"), (root.GetProperty("event_name").GetString(), root.GetProperty("event_version").GetString()));
        Assert.Equal(7, root.GetProperty("event_id").GetGuid().Version);
        var payload = root.GetProperty("payload");
        Keys(payload, "task_sequence_step", "execution_result", "payload");
        Assert.Equal("""{"order": 7}""", payload.GetProperty("payload").GetRawText());
        Same(await Database.StepAsync(task, "place", "results"), payload.GetProperty("execution_result"));

        var sequence = payload.GetProperty("task_sequence_step");
        Keys(sequence, "task", "workflow_step", "dependency_results", "step_definition");
        var taskPart = sequence.GetProperty("task");
        Keys(taskPart, "task", "task_name", "task_version", "namespace_name");
        Assert.Equal(("flow", "1.0.0", flow.Namespace), (Text(taskPart, "task_name"), Text(taskPart, "task_version"), Text(taskPart, "namespace_name")));
        Keys(
            taskPart.GetProperty("task"),
            "task_uuid", "named_task_uuid", "complete", "requested_at", "initiator", "source_system", "reason", "tags", "context", "identity_hash", "priority",
            "created_at", "updated_at", "correlation_id", "parent_correlation_id");
        Assert.Equal("""{"n": 1}""", taskPart.GetProperty("task").GetProperty("context").GetRawText());
        Assert.Equal("""["a"]""", taskPart.GetProperty("task").GetProperty("tags").GetRawText());
        NaiveTime(taskPart.GetProperty("task"), "requested_at", "created_at", "updated_at");

        var step = sequence.GetProperty("workflow_step");
        Keys(
            step,
            "workflow_step_uuid", "task_uuid", "named_step_uuid", "name", "template_step_name", "retryable", "max_attempts", "in_process", "processed", "processed_at",
            "attempts", "last_attempted_at", "backoff_request_seconds", "inputs", "results", "checkpoint", "created_at", "updated_at");
        Assert.Equal(("place", "place", 1, 3), (Text(step, "name"), Text(step, "template_step_name"), step.GetProperty("attempts").GetInt32(), step.GetProperty("max_attempts").GetInt32()));
        Assert.False(step.GetProperty("in_process").GetBoolean());
        Assert.False(step.GetProperty("processed").GetBoolean());
        Assert.Equal("not yet", step.GetProperty("results").GetProperty("error").GetProperty("message").GetString());
        Assert.Equal("""{"limit": 5}""", step.GetProperty("inputs").GetRawText());
        Assert.Equal(JsonValueKind.Null, step.GetProperty("checkpoint").ValueKind);
        NaiveTime(step, "last_attempted_at", "created_at", "updated_at");

        var ancestors = sequence.GetProperty("dependency_results");
        Keys(ancestors, "first", "second");
        Same(await Database.StepAsync(task, "first", "results"), ancestors.GetProperty("first"));
        Same(
            await Database.ScalarAsync<string>(
                "SELECT configuration #>> '{steps,2}' FROM tasker.named_tasks nt JOIN tasker.task_namespaces n USING (task_namespace_uuid) WHERE n.name = $1",
                flow.Namespace),
            sequence.GetProperty("step_definition"));

        var metadata = root.GetProperty("metadata");
        Keys(metadata, "task_uuid", "step_uuid", "step_name", "namespace", "correlation_id", "fired_at", "fired_by");
        Assert.Equal((task, "place", "DefaultDomainEventPublisher"), (metadata.GetProperty("task_uuid").GetGuid(), Text(metadata, "step_name"), Text(metadata, "fired_by")));
        Assert.Equal(TimeSpan.Zero, metadata.GetProperty("fired_at").GetDateTimeOffset().Offset);
    }

    [Fact]
    public async Task A_step_that_was_never_tried_is_told_as_such()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("place", []) with { Events = [Placed] }, CoreFlow.Ran);

        await RunAsync(flow);

        var step = JsonElement.Parse(Assert.Single(await EventsAsync(flow))).GetProperty("payload").GetProperty("task_sequence_step").GetProperty("workflow_step");
        Assert.Equal(JsonValueKind.Null, step.GetProperty("last_attempted_at").ValueKind);
        Assert.Equal(JsonValueKind.Null, step.GetProperty("results").ValueKind);
        Assert.Equal(JsonValueKind.Null, step.GetProperty("attempts").ValueKind);
    }

    [Fact]
    public async Task An_outcome_that_no_longer_counts_sends_no_event()
    {
        var cancelled = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        var flow = new CoreFlow();
        flow.Add(flow.Define("place", []) with { Events = [Placed] }, async (_, outcome) =>
        {
            started.SetResult();
            await cancelled.Task;
            await CoreFlow.Write(outcome, "{}");
        });
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);

        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", "{}");
        await started.Task;
        await orchestrator.CancelAsync(task);
        cancelled.SetResult();
        await host.Log.WaitForAsync(422);

        Assert.Empty(await EventsAsync(flow));
    }

    [Fact]
    public async Task A_queue_of_events_that_is_missing_is_made_again_and_the_outcome_and_its_event_are_stored_once()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("place", []) with { Events = [Placed] }, CoreFlow.Ran);
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        await Database.ScalarAsync<bool>("SELECT pgmq.drop_queue($1)", flow.Namespace + "_domain_events");

        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", "{}");

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Single(await EventsAsync(flow));
        Assert.Equal(1, flow.Runs["place"]);
    }

    [Fact]
    public async Task An_event_that_the_database_cannot_hold_fails_no_step()
    {
        var flow = new CoreFlow();
        flow.Add(flow.Define("place", []) with { Events = [Placed with { Publisher = "zero" }] }, CoreFlow.Ran);

        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            more: tasker => tasker.AddEventPublisher("zero", made => made with { Payload = """{"text":"a\u0000b"}"""u8.ToArray() }));
        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", "{}");

        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        Assert.Contains("order.placed", await host.Log.WaitForAsync(425), StringComparison.Ordinal);
        Assert.Empty(await EventsAsync(flow));
    }

    private async Task<Guid> RunAsync(CoreFlow flow)
    {
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow);
        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", "{}");
        Assert.Equal("complete", await orchestrator.WaitAsync(task, CoreHost.Token));
        return task;
    }

    private Task<List<string>> EventsAsync(CoreFlow flow) =>
        Database.QueryAsync($"SELECT message::text FROM pgmq.q_{flow.Namespace}_domain_events", row => row.GetString(0));

    private static string? Text(JsonElement owner, string key) => owner.GetProperty(key).GetString();

    private static void Keys(JsonElement value, params string[] keys) =>
        Assert.Equal(keys.Order(StringComparer.Ordinal), value.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal));

    private static void Same(string expected, JsonElement actual) =>
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), actual), $"{expected} is not {actual.GetRawText()}");

    /// <summary>As the sheet writes them: no zone, six digits.</summary>
    private static void NaiveTime(JsonElement owner, params string[] keys)
    {
        foreach (var key in keys)
            Assert.Matches(@"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}$", Text(owner, key));
    }
}
