using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tasker.Client;
using Tasker.Postgres.Fixture;
using Tasker.Postgres.Fixture.Orchestrator;
using Tasker.Postgres.Tests.Support;
using Tasker.Templates;

namespace Tasker.Postgres.Tests;

/// <summary>The clients: over the REST API of a stand-in, and over the request queue.</summary>
public sealed class ClientTests(Databases databases)
{
    private static readonly Guid TaskId = new("0199d0a0-0000-7000-8000-000000000001");
    private static readonly Guid StepId = new("0199d0a0-0000-7000-8000-000000000002");
    private static readonly TaskTemplate Template = new() { Name = "linear", Namespace = "demo", Version = "1.0.0", Steps = [] };

    private NpgsqlDataSource Database => databases.Shared.DataSource;

    [Fact]
    public async Task A_task_is_started_with_every_key_that_the_server_asks_for()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers["POST /v1/tasks"] = (200, Task("steps_in_process"));
        var options = new StartOptions { CorrelationId = StepId, Tags = ["nightly"], Priority = 5, Reason = "because" };

        var handle = await Client(api, one => one.ApiKey = "secret").StartJsonAsync(Template, """{"n":1}"""u8.ToArray(), options, CoreHost.Token);

        Assert.Equal(TaskId, handle.Id);
        var (request, body, headers) = Assert.Single(api.Requests);
        Assert.Equal("POST /v1/tasks", request);
        Assert.Equal("secret", headers["X-API-Key"]);
        using var sent = JsonDocument.Parse(body);
        Assert.Equal(
            [
                "name", "namespace", "version", "context", "initiator", "source_system", "reason", "tags", "requested_at", "options", "priority",
                "correlation_id", "parent_correlation_id", "idempotency_key",
            ],
            sent.RootElement.EnumerateObject().Select(member => member.Name));
        Assert.Equal("""{"n":1}""", sent.RootElement.GetProperty("context").GetRawText());
        Assert.Equal(StepId, sent.RootElement.GetProperty("correlation_id").GetGuid());
        Assert.DoesNotContain("Z", sent.RootElement.GetProperty("requested_at").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_is_sent_as_a_bearer()
    {
        await using var api = await StandInApi.StartAsync();
        await Client(api, one => one.BearerToken = _ => ValueTask.FromResult("jwt")).GetAsync(TaskId, CoreHost.Token);

        Assert.Equal("Bearer jwt", Assert.Single(api.Requests).Headers["Authorization"]);
    }

    [Fact]
    public async Task A_task_and_its_steps_are_read()
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "steps_in_process", "blocked_by_failures");

        var task = await Client(api).GetAsync(TaskId, CoreHost.Token);

        Assert.NotNull(task);
        Assert.Equal((TaskState.BlockedByFailures, "demo", "linear", 5), (task.State, task.Namespace, task.Name, task.Options.Priority));
        Assert.Equal("""{"n":1}""", CoreFlow.Text(task.Context));
        Assert.Equal(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), task.CreatedAt);
        var (done, failed) = (task.FindStep("a")!, task.FirstFailure()!);
        Assert.Equal("""{"x":2}""", CoreFlow.Text(done.Result));
        Assert.Equal(("b", "no luck", "busy", 3), (failed.Name, failed.Failure!.Message, failed.Failure.ErrorType, failed.Attempts));
    }

    [Fact]
    public async Task A_task_is_waited_for_until_it_rests()
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "steps_in_process", "processing");
        var waiting = Client(api).WaitAsync(TaskId, CoreHost.Token).AsTask();
        Serve(api, "complete", "all_complete");

        Assert.Equal(TaskState.Complete, (await waiting).State);
    }

    [Fact]
    public async Task A_task_that_does_not_exist_is_null_or_named()
    {
        await using var api = await StandInApi.StartAsync();
        var client = Client(api);

        Assert.Null(await client.GetAsync(TaskId, CoreHost.Token));
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await client.WaitAsync(TaskId, CoreHost.Token));
        await Assert.ThrowsAsync<KeyNotFoundException>(async () => await client.CancelAsync(TaskId, CoreHost.Token));
    }

    [Fact]
    public async Task Steps_are_resolved_with_the_bodies_of_the_sheet()
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "blocked_by_failures", "blocked_by_failures");
        api.Answers[$"PATCH /v1/tasks/{TaskId}/workflow_steps/{StepId}"] = (200, "{}");
        var client = Client(api);

        await client.ResolveStepAsync(TaskId, "a", StepResolution.ResetForRetry("mended", "ann"), CoreHost.Token);
        await client.ResolveStepAsync(TaskId, "a", StepResolution.ResolveManually("done by hand", "ann"), CoreHost.Token);
        await client.ResolveStepAsync(TaskId, "a", StepResolution.CompleteManuallyJson("""{"x":1}"""u8.ToArray(), "known", "ann"), CoreHost.Token);

        Assert.Equal(
            [
                """{"action_type":"reset_for_retry","reason":"mended","reset_by":"ann"}""",
                """{"action_type":"resolve_manually","reason":"done by hand","resolved_by":"ann"}""",
                """{"action_type":"complete_manually","completion_data":{"result":{"x":1}},"reason":"known","completed_by":"ann"}""",
            ],
            api.Requests.Where(one => one.Request.StartsWith("PATCH", StringComparison.Ordinal)).Select(one => one.Body));
        await Assert.ThrowsAsync<KeyNotFoundException>(
            async () => await client.ResolveStepAsync(TaskId, "nobody", StepResolution.ResetForRetry("r", "b"), CoreHost.Token));
    }

    [Fact]
    public async Task Tasks_are_listed_by_what_the_server_can_filter_by()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers["GET /v1/tasks"] = (200, "{\"tasks\":[" + Task("complete") + "],\"pagination\":{}}");
        var client = Client(api);

        var page = await client.ListAsync(new TaskFilter { Namespace = "a b", States = [TaskState.Complete], PageSize = 1, After = "3" }, CoreHost.Token);

        Assert.Equal(("4", TaskId), (page.Next, page.Tasks.Single().TaskId));
        Assert.Equal("GET /v1/tasks?page=3&per_page=1&namespace=a%20b&status=complete", api.Requests.Single().Request);
        var refused = await Assert.ThrowsAsync<ValidationException>(async () => await client.ListAsync(new TaskFilter { Tag = "t" }, CoreHost.Token));
        Assert.Contains("by Tag", refused.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ValidationException>(async () => await client.ListAsync(new TaskFilter { After = "x" }, CoreHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () => await client.ListAsync(new TaskFilter { PageSize = 0 }, CoreHost.Token));
    }

    [Theory]
    [InlineData(400, "JSON_ERROR", typeof(ValidationException), "JSON_ERROR")]
    [InlineData(401, "UNAUTHORIZED", typeof(AuthenticationException), "BearerToken or ApiKey")]
    [InlineData(403, "FORBIDDEN", typeof(AuthorizationException), "lacks the permission")]
    [InlineData(404, "NOT_FOUND", typeof(NotFoundException), "start a worker that registers it")]
    [InlineData(408, "TIMEOUT", typeof(TimeoutException), "TIMEOUT")]
    [InlineData(409, "CONFLICT", typeof(DuplicateTaskException), "put something into the context")]
    [InlineData(418, "TEAPOT", typeof(ApiException), "418 TEAPOT")]
    [InlineData(500, "DATABASE_ERROR", typeof(ApiException), "500 DATABASE_ERROR")]
    [InlineData(503, "BACKPRESSURE", typeof(ServiceUnavailableException), "503 BACKPRESSURE")]
    public async Task Each_status_of_the_server_is_an_error_that_says_what_to_do(int status, string code, Type type, string text)
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers["POST /v1/tasks"] = (status, $$$"""{"error":{"code":"{{{code}}}","message":"No."}}""");

        var exception = await Assert.ThrowsAsync(type, async () => await Client(api).StartJsonAsync(Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token));

        Assert.Contains(text, exception.Message, StringComparison.Ordinal);
        if (exception is ServiceUnavailableException busy)
            Assert.Equal(TimeSpan.FromSeconds(7), busy.RetryAfter);
    }

    [Theory]
    [InlineData("12", 12)]
    [InlineData("Thu, 01 Jan 2026 00:01:30 GMT", 90)]
    [InlineData("Wed, 31 Dec 2025 23:59:59 GMT", 0)]
    [InlineData("in a while", 60)]
    [InlineData("", null)]
    public async Task A_busy_server_says_in_seconds_or_by_a_date_when_to_come_again(string header, int? seconds)
    {
        await using var api = await StandInApi.StartAsync();
        (api.RetryAfter, api.Answers["POST /v1/tasks"]) = (header, (503, "{}"));

        var busy = await Assert.ThrowsAsync<ServiceUnavailableException>(
            async () => await Client(api, time: new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))).StartJsonAsync(Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token));

        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, busy.RetryAfter);
    }

    [Fact]
    public async Task A_server_that_is_not_there_or_does_not_speak_json_is_named()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers["POST /v1/tasks"] = (200, "<html>");
        var exception = await Assert.ThrowsAsync<ApiException>(async () => await Client(api).StartJsonAsync(Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token));
        Assert.Contains("is not JSON", exception.Message, StringComparison.Ordinal);

        api.Answers["POST /v1/tasks"] = (502, "<html>");
        Assert.Contains(
            "does not say why",
            (await Assert.ThrowsAsync<ApiException>(async () => await Client(api).StartJsonAsync(Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token))).Message,
            StringComparison.Ordinal);

        var gone = Client(api);
        await api.DisposeAsync();
        await Assert.ThrowsAsync<NetworkException>(async () => await gone.GetAsync(TaskId, CoreHost.Token));
    }

    [Theory]
    [InlineData("""{"online":true}""", "'online'")]
    [InlineData("""{"a":[{"Script":"x"}]}""", "'Script'")]
    [InlineData("""{"a":{"b":{"c":{"d":{"e":{"f":{"g":{"h":{"i":{"j":{"k":1}}}}}}}}}}}""", "nested more than 10")]
    [InlineData("[]", "must be a JSON object")]
    [InlineData("""{"a":["x <script>y"]}""", "'<script>'")]
    [InlineData("""{"a":"javascript:run()"}""", "'javascript:'")]
    public async Task A_context_that_the_server_would_change_or_refuse_is_not_sent(string context, string problem)
    {
        await using var api = await StandInApi.StartAsync();

        var exception = await Assert.ThrowsAsync<ValidationException>(
            async () => await Client(api).StartJsonAsync(Template, Encoding.UTF8.GetBytes(context), cancellationToken: CoreHost.Token));

        Assert.Contains(problem, exception.Message, StringComparison.Ordinal);
        Assert.Empty(api.Requests);
    }

    [Theory]
    [InlineData(1000, 10_000, null)]
    [InlineData(1001, 1, "more than 1000 members")]
    [InlineData(1, 10_001, "10001 bytes")]
    public async Task A_context_is_measured_as_the_server_does(int members, int length, string? problem)
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers["POST /v1/tasks"] = (200, Task("steps_in_process"));
        string[] contexts =
        [
            "{" + string.Join(',', Enumerable.Range(0, members).Select(number => $"\"m{number}\":{{\"n\":[1,2]}}")) + "}",
            $$"""{"items":[{{string.Join(',', Enumerable.Repeat("[]", members))}}]}""",
            $$"""{"text":"{{new string('x', length)}}"}""",
        ];

        var refused = new List<string>();
        foreach (var context in contexts)
        {
            try
            {
                await Client(api).StartJsonAsync(Template, Encoding.UTF8.GetBytes(context), cancellationToken: CoreHost.Token);
            }
            catch (ValidationException exception)
            {
                refused.Add(exception.Message);
            }
        }

        Assert.Equal(problem is null ? 0 : length > members ? 1 : 2, refused.Count);
        Assert.All(refused, message => Assert.Contains(problem!, message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_address_with_a_path_is_kept()
    {
        await using var api = await StandInApi.StartAsync();
        var services = new ServiceCollection();
        services.AddTaskerCoreClient(new Uri(api.Address, "behind/a-proxy"));
        await using var provider = services.BuildServiceProvider();

        await provider.GetRequiredService<ITaskClient>().GetAsync(TaskId, CoreHost.Token);

        Assert.Equal($"GET /behind/a-proxy/v1/tasks/{TaskId}", Assert.Single(api.Requests).Request);
    }

    [Fact]
    public async Task What_the_server_cannot_do_is_said()
    {
        await using var api = await StandInApi.StartAsync();

        var exception = await Assert.ThrowsAsync<NotSupportedException>(async () => await Client(api).ResolveTaskAsync(TaskId, "r", "b", CoreHost.Token));

        Assert.Contains("resolve its steps with ResolveStepAsync", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_is_made_of_the_audit_of_each_step()
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "blocked_by_failures", "blocked_by_failures");
        api.Answers[$"GET /v1/tasks/{TaskId}/workflow_steps/{StepId}/audit"] = (200, """
            [{"audit_uuid":"0199d0a0-0000-7000-8000-00000000000b","recorded_at":"2026-01-01T00:00:09","success":true,"execution_time_ms":null,"result":{"success":true,"error":null},
            "step_name":"a","from_state":"in_progress","to_state":"enqueued_for_orchestration"},
            {"audit_uuid":"0199d0a0-0000-7000-8000-00000000000a","recorded_at":"2026-01-01T00:00:03","success":false,"result":{"success":false,"error":{"message":"no luck"}}}]
            """);

        var history = await Client(api).GetHistoryAsync(TaskId, CoreHost.Token);

        Assert.Equal(
            [
                (0, null, null, "pending", null, null),
                (3, "a", "in_progress", "enqueued_as_error_for_orchestration", 1, "no luck"),
                (9, "a", "in_progress", "enqueued_for_orchestration", 2, null),
            ],
            history!.Entries.Select(one => (one.At.Second, one.Step, one.From, one.To, one.Attempt, one.Reason)));
        Assert.Null(await Client(api).GetHistoryAsync(StepId, CoreHost.Token));
    }

    [Fact]
    public async Task Dead_letters_are_listed_in_either_spelling()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers[$"GET /v1/tasks/{TaskId}"] = (200, Task("error"));
        api.Answers["GET /v1/dlq"] = (200, $"[{Dead("StalenessTimeout", "Pending")},{Dead("manual_dlq", "pending")}]");
        var client = Client(api);

        var page = await client.ListDeadLettersAsync(new DeadLetterFilter { PageSize = 2, After = "4" }, CoreHost.Token);

        Assert.Equal("6", page.Next);
        Assert.Equal([DeadLetterReason.StalenessTimeout, DeadLetterReason.Manual], page.DeadLetters.Select(one => one.Reason));
        var first = page.DeadLetters[0];
        Assert.Equal(
            (StepId, TaskId, "demo", "linear", "1.0.0", TaskState.StepsInProcess, DeadLetterStatus.Pending, new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero)),
            (first.EntryId, first.TaskId, first.Namespace, first.Name, first.Version, first.OriginalState, first.Status, first.CreatedAt));
        Assert.Equal("""{"minutes":31}""", first.Detail);
        Assert.Equal("GET /v1/dlq?limit=2&offset=4&resolution_status=pending", api.Requests.First().Request);
        await client.ListDeadLettersAsync(new DeadLetterFilter { Statuses = [] }, CoreHost.Token);
        Assert.Contains(api.Requests, one => one.Request == "GET /v1/dlq?limit=50&offset=0");
        Assert.Contains("more than one", (await Assert.ThrowsAsync<ValidationException>(async () => await client.ListDeadLettersAsync(
            new DeadLetterFilter { Statuses = [DeadLetterStatus.Pending, DeadLetterStatus.Cancelled] }, CoreHost.Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<ValidationException>(async () => await client.ListDeadLettersAsync(new DeadLetterFilter { After = "x" }, CoreHost.Token));
        await Assert.ThrowsAsync<ValidationException>(async () => await client.ListDeadLettersAsync(new DeadLetterFilter { PageSize = 0 }, CoreHost.Token));
    }

    [Fact]
    public async Task The_dead_letter_of_a_task_is_asked_for_by_its_task()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers[$"GET /v1/tasks/{TaskId}"] = (200, Task("error"));
        api.Answers[$"GET /v1/dlq/task/{TaskId}"] = (200, Dead("worker_unavailable", "Cancelled"));
        var client = Client(api);

        Assert.Equal(StepId, Assert.Single((await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = TaskId, Statuses = [] }, CoreHost.Token)).DeadLetters).EntryId);
        Assert.Empty((await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = TaskId }, CoreHost.Token)).DeadLetters);
        Assert.Empty((await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = StepId }, CoreHost.Token)).DeadLetters);
    }

    [Fact]
    public async Task A_dead_letter_is_closed_and_found_again()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers[$"GET /v1/tasks/{TaskId}"] = (200, Task("error"));
        api.Answers["GET /v1/dlq"] = (200, $"[{Dead("ManualDlq", "ManuallyResolved")}]");
        api.Answers[$"PATCH /v1/dlq/entry/{StepId}"] = (200, "{\"success\":true}");
        var client = Client(api);

        var closed = await client.ResolveDeadLetterAsync(StepId, new DeadLetterResolution(DeadLetterStatus.ManuallyResolved, "ann", "mended"), CoreHost.Token);

        Assert.Equal((DeadLetterStatus.ManuallyResolved, "demo"), (closed.Status, closed.Namespace));
        Assert.Equal("""{"resolution_status":"manually_resolved","resolution_notes":"mended","resolved_by":"ann"}""", api.Requests.First().Body);
        await Assert.ThrowsAsync<KeyNotFoundException>(
            async () => await client.ResolveDeadLetterAsync(TaskId, new DeadLetterResolution(DeadLetterStatus.Cancelled, "b"), CoreHost.Token));
        foreach (var wrong in (DeadLetterResolution[])[new(DeadLetterStatus.Pending, "b"), new(DeadLetterStatus.Cancelled, ""), new(DeadLetterStatus.Cancelled, "b", new string('x', 4001))])
            await Assert.ThrowsAsync<ValidationException>(async () => await client.ResolveDeadLetterAsync(StepId, wrong, CoreHost.Token));
    }

    [Fact]
    public async Task A_status_that_is_refused_in_one_spelling_is_given_in_the_other()
    {
        await using var api = await StandInApi.StartAsync();
        api.Answers[$"PATCH /v1/dlq/entry/{StepId}"] = (422, """{"error":{"code":"JSON_ERROR","message":"unknown variant"}}""");

        await Assert.ThrowsAsync<ValidationException>(
            async () => await Client(api).ResolveDeadLetterAsync(StepId, new DeadLetterResolution(DeadLetterStatus.PermanentlyFailed, "b"), CoreHost.Token));

        Assert.Equal(["permanently_failed", "PermanentlyFailed"], api.Requests.Select(one => JsonElement.Parse(one.Body).GetProperty("resolution_status").GetString()));
    }

    [Theory]
    [InlineData(401, typeof(AuthenticationException))]
    [InlineData(403, typeof(AuthorizationException))]
    [InlineData(408, typeof(TimeoutException))]
    [InlineData(500, typeof(ApiException))]
    [InlineData(503, typeof(ServiceUnavailableException))]
    public async Task Each_status_is_an_error_wherever_it_comes_from(int status, Type type)
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "steps_in_process", "processing");
        foreach (var path in (string[])[$"GET /v1/tasks/{TaskId}/workflow_steps/{StepId}/audit", "GET /v1/dlq", $"GET /v1/dlq/task/{TaskId}", $"PATCH /v1/dlq/entry/{StepId}", $"DELETE /v1/tasks/{TaskId}", $"PATCH /v1/tasks/{TaskId}/workflow_steps/{StepId}"])
            api.Answers[path] = (status, """{"error":{"code":"NO","message":"No."}}""");
        var client = Client(api);

        await Assert.ThrowsAsync(type, async () => await client.GetHistoryAsync(TaskId, CoreHost.Token));
        await Assert.ThrowsAsync(type, async () => await client.ListDeadLettersAsync(cancellationToken: CoreHost.Token));
        await Assert.ThrowsAsync(type, async () => await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = TaskId }, CoreHost.Token));
        await Assert.ThrowsAsync(type, async () => await client.ResolveDeadLetterAsync(StepId, new DeadLetterResolution(DeadLetterStatus.Cancelled, "b"), CoreHost.Token));
        await Assert.ThrowsAsync(type, async () => await client.CancelAsync(TaskId, CoreHost.Token));
        await Assert.ThrowsAsync(type, async () => await client.ResolveStepAsync(TaskId, "a", StepResolution.ResetForRetry("r", "b"), CoreHost.Token));
    }

    [Fact]
    public async Task A_cancellation_or_a_resolution_that_the_server_refuses_names_the_state()
    {
        await using var api = await StandInApi.StartAsync();
        Serve(api, "complete", "all_complete");
        api.Answers[$"DELETE /v1/tasks/{TaskId}"] = api.Answers[$"PATCH /v1/tasks/{TaskId}/workflow_steps/{StepId}"] = (409, """{"error":{"code":"CONFLICT","message":"Too late."}}""");

        Assert.Contains("Too late.", (await Assert.ThrowsAsync<TaskStateException>(async () => await Client(api).CancelAsync(TaskId, CoreHost.Token))).Message, StringComparison.Ordinal);
        Assert.Contains(
            "'complete'",
            (await Assert.ThrowsAsync<TaskStateException>(async () => await Client(api).ResolveStepAsync(TaskId, "a", StepResolution.ResetForRetry("r", "b"), CoreHost.Token))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dead_letters_are_read_from_the_database()
    {
        var flow = new CoreFlow().Step("first");
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, more: tasker => tasker.UseTaskerCoreQueueClient());
        var task = await orchestrator.StartTaskAsync(flow.Namespace, flow.Name, "1.0.0", "{}");
        await Database.ExecuteAsync(
            "INSERT INTO tasker.tasks_dlq (task_uuid, original_state, dlq_reason, task_snapshot) VALUES ($1, 'steps_in_process', 'staleness_timeout', '{}')",
            task);
        var client = host.Services.GetRequiredService<ITaskClient>();

        var page = await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = task, PageSize = 1 }, CoreHost.Token);

        var entry = Assert.Single(page.DeadLetters);
        Assert.Equal((flow.Namespace, "flow", DeadLetterReason.StalenessTimeout, TaskState.StepsInProcess), (entry.Namespace, entry.Name, entry.Reason, entry.OriginalState));
        Assert.Empty((await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = task, After = page.Next }, CoreHost.Token)).DeadLetters);
        Assert.Empty((await client.ListDeadLettersAsync(new DeadLetterFilter { TaskId = task, Statuses = [DeadLetterStatus.Cancelled] }, CoreHost.Token)).DeadLetters);
        await Assert.ThrowsAsync<NotSupportedException>(
            async () => await client.ResolveDeadLetterAsync(entry.EntryId, new DeadLetterResolution(DeadLetterStatus.Cancelled, "b"), CoreHost.Token));
    }

    [Fact]
    public void Client_options_out_of_range_are_named()
    {
        Assert.Contains("BaseAddress", Fails(one => one.BaseAddress = new Uri("ftp://x")), StringComparison.Ordinal);
        Assert.Contains("PollInterval", Fails(one => one.PollInterval = TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Contains("Timeout", Fails(one => one.Timeout = TimeSpan.Zero), StringComparison.Ordinal);
        Assert.Contains("and at most 24 days", Fails(one => one.PollInterval = TimeSpan.MaxValue), StringComparison.Ordinal);
        Assert.Contains("and at most 24 days", Fails(one => one.Timeout = TimeSpan.FromDays(25)), StringComparison.Ordinal);
        Assert.Contains("ApiKeyHeader", Fails(one => one.ApiKeyHeader = ""), StringComparison.Ordinal);

        static string Fails(Action<TaskerCoreClientOptions> configure)
        {
            var provider = new ServiceCollection().AddTaskerCoreClient(new Uri("http://localhost"), configure).BuildServiceProvider();
            return Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<ITaskClient>()).Message;
        }
    }

    [Fact]
    public async Task A_task_started_over_the_queue_runs_and_is_followed_in_the_database()
    {
        var flow = new CoreFlow().Step("first").Step("second", "first");
        await using var orchestrator = new StandInOrchestrator(Database);
        await using var host = await CoreHost.StartAsync(databases.Shared, flow, more: tasker => tasker.UseTaskerCoreQueueClient());
        var client = host.Services.GetRequiredService<ITaskClient>();
        var starting = client.StartJsonAsync(flow.Template, """{"n":7}"""u8.ToArray(), new StartOptions { Tags = ["t"] }, CoreHost.Token).AsTask();
        await orchestrator.TakeRequestAsync(flow.Namespace, CoreHost.Token);

        var handle = await starting;
        var task = await handle.WaitAsync(CoreHost.Token);

        Assert.Equal(TaskState.Complete, task.State);
        Assert.Equal("""{"ran": "second"}""", CoreFlow.Text(task.FindStep("second")!.Result));
        Assert.Equal("""{"n": 7}""", CoreFlow.Text(task.Context));
        var history = await client.GetHistoryAsync(handle.Id, CoreHost.Token);
        Assert.Equal(
            ["pending", "enqueued", "in_progress", "enqueued_for_orchestration", "complete"],
            history!.OfStep("first").Select(entry => entry.To));
        Assert.Equal(1, history.OfStep("first").Last().Attempt);
        var page = await client.ListAsync(new TaskFilter { Namespace = flow.Namespace, States = [TaskState.Complete], Tag = "t", Name = "flow" }, CoreHost.Token);
        Assert.Equal((handle.Id, 2, 2), (page.Tasks.Single().TaskId, page.Tasks.Single().Steps, page.Tasks.Single().StepsDone));
        Assert.Null(await client.GetAsync(Guid.NewGuid(), CoreHost.Token));
        Assert.Null(await client.GetHistoryAsync(Guid.NewGuid(), CoreHost.Token));
        await Assert.ThrowsAsync<NotSupportedException>(async () => await client.CancelAsync(handle.Id, CoreHost.Token));
    }

    [Fact]
    public async Task A_request_that_nobody_takes_up_is_taken_back()
    {
        var flow = new CoreFlow().Step("first");
        await using var host = await CoreHost.StartAsync(
            databases.Shared,
            flow,
            options => options.StartTimeout = TimeSpan.FromMilliseconds(200),
            more: tasker => tasker.UseTaskerCoreQueueClient());
        var client = host.Services.GetRequiredService<ITaskClient>();

        var exception = await Assert.ThrowsAsync<TimeoutException>(
            async () => await client.StartJsonAsync(flow.Template, "{}"u8.ToArray(), cancellationToken: CoreHost.Token));

        Assert.Contains("was taken back", exception.Message, StringComparison.Ordinal);
        Assert.Equal(
            0,
            await Database.ScalarAsync<long>(
                "SELECT count(*) FROM pgmq.q_orchestration_task_requests WHERE message #>> '{task_request,namespace}' = $1",
                flow.Namespace));
    }

    private static ITaskClient Client(StandInApi api, Action<TaskerCoreClientOptions>? configure = null, TimeProvider? time = null) => new ServiceCollection()
        .AddSingleton(time ?? TimeProvider.System)
        .AddTaskerCoreClient(api.Address, options =>
        {
            options.PollInterval = TimeSpan.FromMilliseconds(20);
            configure?.Invoke(options);
        })
        .BuildServiceProvider()
        .GetRequiredService<ITaskClient>();

    private static string Dead(string reason, string status) => $$$"""
        {"dlq_entry_uuid":"{{{StepId}}}","task_uuid":"{{{TaskId}}}","original_state":"steps_in_process","dlq_reason":"{{{reason}}}","dlq_timestamp":"2026-01-01T00:00:00",
        "resolution_status":"{{{status}}}","resolution_timestamp":null,"resolution_notes":null,"resolved_by":null,"task_snapshot":{},"metadata":{"minutes":31},
        "created_at":"2026-01-01T00:00:00","updated_at":"2026-01-01T00:00:00"}
        """;

    private static void Serve(StandInApi api, string status, string executionStatus)
    {
        api.Answers[$"GET /v1/tasks/{TaskId}/workflow_steps"] = (200, Steps);
        api.Answers[$"GET /v1/tasks/{TaskId}"] = (200, Task(status, executionStatus));
    }

    private static string Task(string status, string executionStatus = "processing") => $$"""
        {"task_uuid":"{{TaskId}}","name":"linear","namespace":"demo","version":"1.0.0","status":"{{status}}","created_at":"2026-01-01T00:00:00Z",
        "updated_at":"2026-01-01T00:00:00Z","completed_at":null,"context":{"n":1},"initiator":"i","source_system":"s","reason":"r","priority":5,"tags":["t"],
        "correlation_id":"{{StepId}}","parent_correlation_id":null,"total_steps":2,"completed_steps":1,"failed_steps":1,"execution_status":"{{executionStatus}}","steps":[]}
        """;

    private static string Steps => $$$$"""
        [{"step_uuid":"{{{{StepId}}}}","task_uuid":"{{{{TaskId}}}}","name":"a","current_state":"complete","attempts":1,"max_attempts":3,
        "results":{"success":true,"result":{"x":2},"metadata":{},"error":null},"last_attempted_at":"2026-01-01T00:00:00"},
        {"step_uuid":"{{{{TaskId}}}}","task_uuid":"{{{{TaskId}}}}","name":"b","current_state":"error","attempts":3,"max_attempts":3,
        "results":{"success":false,"result":{},"metadata":{"retryable":true,"error_code":null},"error":{"message":"no luck","error_type":"busy","retryable":true,"backtrace":null}}}]
        """;
}
