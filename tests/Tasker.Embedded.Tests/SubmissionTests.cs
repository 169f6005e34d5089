using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Tasker.Client;
using Tasker.Embedded.Tests.Support;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Embedded.Tests;

/// <summary>What is checked, and what is chosen, when a task is submitted.</summary>
public sealed class SubmissionTests
{
    private const string Schema =
        """
        {
            "type": "object",
            "required": ["amount", "requester"],
            "additionalProperties": false,
            "properties": {
                "amount": {"type": "number", "minimum": 0},
                "requester": {"type": "string", "minLength": 2},
                "kind": {"enum": ["laptop", "desk"]},
                "items": {"type": "array", "maxItems": 2, "items": {"type": "object", "required": ["sku"], "properties": {"sku": {"type": "string"}}}}
            }
        }
        """;

    [Fact]
    public async Task A_context_that_does_not_fit_is_refused_with_every_violation()
    {
        var flow = new Flow { InputSchema = Schema }.Step("a");
        await using var host = await StartAsync(tasker => tasker.AddJsonSchemaValidation(), flow);

        var refused = await Assert.ThrowsAsync<ValidationException>(async () => await host.Client.StartAsync(
            flow.Template,
            """{"amount":-1,"kind":"chair","items":[{"sku":5},{}],"color":"red"}""",
            cancellationToken: EngineHost.Token));

        Assert.Equal(
            [
                "The context does not fit the input_schema of template 'tests/flow/1.0.0':",
                "$.amount: must be at least 0",
                "$.color: is not a member that the schema knows",
                "$.items[0].sku: must be a string",
                "$.items[1].sku: is required",
                "$.kind: must be one of laptop, desk",
                "$.requester: is required",
            ],
            refused.Message.Split('\n').Take(1).Concat(refused.Message.Split('\n').Skip(1).Order(StringComparer.Ordinal)));
        Assert.Empty((await host.Client.ListAsync(cancellationToken: EngineHost.Token)).Tasks);
        Assert.Equal(TaskState.Complete, (await host.RunAsync(flow, """{"amount":1,"requester":"bob","items":[{"sku":"x"}]}""")).State);
    }

    [Fact]
    public async Task A_schema_that_is_none_is_said_so()
    {
        var flow = new Flow { InputSchema = "{\"type\":" }.Step("a");
        await using var host = await StartAsync(tasker => tasker.AddJsonSchemaValidation(), flow);

        var refused = await Assert.ThrowsAsync<ConfigurationException>(async () => await host.RunAsync(flow));

        Assert.StartsWith("The input_schema is not a JSON schema: ", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"properties":{"a":{"$ref":"http://127.0.0.1:PORT/a.json"}}}""", "It refers to 'http://127.0.0.1:PORT/a.json', which is outside of it. Copy that into its $defs.")]
    [InlineData("""{"properties":{"a":{"$ref":"other.json"}}}""", "'other.json'")]
    [InlineData("""{"properties":{"a":{"$ref":"/etc/hosts"}}}""", "'/etc/hosts'")]
    [InlineData("""{"properties":{"a":{"$ref":"#/nowhere"}}}""", "'#/nowhere'")]
    [InlineData("""{"$ref":"#"}""", "Cyclic references")]
    [InlineData("""{"properties":{"a":{"pattern":"("}}}""", "Invalid pattern '('")]
    public async Task A_schema_that_cannot_be_followed_is_said_so_and_nothing_is_fetched(string schema, string why)
    {
        using var server = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        server.Start();
        var port = ((System.Net.IPEndPoint)server.LocalEndpoint).Port.ToString(System.Globalization.CultureInfo.InvariantCulture);
        var flow = new Flow { InputSchema = schema.Replace("PORT", port, StringComparison.Ordinal) }.Step("a");
        await using var host = await StartAsync(tasker => tasker.AddJsonSchemaValidation(), flow);

        var refused = await Assert.ThrowsAsync<ConfigurationException>(async () => await host.RunAsync(flow, """{"a":"b"}"""));

        Assert.StartsWith("The input_schema is not a JSON schema: ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why.Replace("PORT", port, StringComparison.Ordinal), refused.Message, StringComparison.Ordinal);
        Assert.False(server.Pending());
    }

    [Theory]
    [InlineData("definitions")]
    [InlineData("$defs")]
    public async Task A_reference_within_the_schema_is_followed(string where)
    {
        var flow = new Flow { InputSchema = """{"WHERE":{"p":{"type":"string"}},"properties":{"a":{"$ref":"#/WHERE/p"}}}""".Replace("WHERE", where, StringComparison.Ordinal) }.Step("a");
        await using var host = await StartAsync(tasker => tasker.AddJsonSchemaValidation(), flow);

        await Assert.ThrowsAsync<ValidationException>(async () => await host.RunAsync(flow, """{"a":5}"""));
        Assert.Equal(TaskState.Complete, (await host.RunAsync(flow, """{"a":"b"}""")).State);
    }

    [Fact]
    public async Task Without_a_library_schemas_are_not_checked_and_the_log_says_so()
    {
        var flow = new Flow { InputSchema = Schema }.Step("a");
        await using var host = await StartAsync(null, flow, new Flow("without").Step("a"));

        Assert.Equal(TaskState.Complete, (await host.RunAsync(flow)).State);
        Assert.Equal(
            "305: The input_schema of template tests/flow/1.0.0 is not checked. Call AddJsonSchemaValidation() of the package Tasker.JsonSchema, or add an ISchemaValidator",
            Assert.Single(host.Logged, line => line.StartsWith("305", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task An_environment_replaces_the_retry_block_and_merges_the_configuration()
    {
        var seen = "";
        var flow = new Flow
        {
            Environments = ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty.Add(
                "test",
                [
                    new StepOverride { Step = "ALL", Configuration = """{"url":"https://all.test","region":"eu"}"""u8.ToArray() },
                    new StepOverride { Step = "a", Configuration = """{"url":"https://a.test"}"""u8.ToArray(), Retry = new RetryPolicy { MaxAttempts = 5, Backoff = BackoffStrategy.None } },
                ]),
        }.Add(
            Flow.Define("a", []) with { Configuration = """{"url":"https://a","limit":3}"""u8.ToArray() },
            (context, outcome) =>
            {
                seen = Flow.Text(context.Step.Configuration);
                if (context.RetryCount == 4)
                    return Flow.Ran(context, outcome);
                outcome.SetFailure(new StepFailure { Message = "m", ErrorType = "e", Retryable = true });
                return default;
            });
        await using var host = await StartAsync(tasker => tasker.UseEnvironment("test"), flow);
        await using var elsewhere = await StartAsync(tasker => tasker.UseEnvironment("production"), flow);

        var task = await host.RunAsync(flow);

        Assert.Equal((TaskState.Complete, 5, 5), (task.State, task.Steps[0].Attempts, task.Steps[0].MaxAttempts));
        Assert.Equal("""{"limit":3,"region":"eu","url":"https://a.test"}""", seen);
        Assert.Equal((TaskState.BlockedByFailures, 3), await EndAsync(elsewhere));
        Assert.Equal("""{"url":"https://a","limit":3}""", seen);

        async Task<(TaskState, int)> EndAsync(EngineHost other)
        {
            var ended = await other.RunAsync(flow);
            return (ended.State, ended.Steps[0].Attempts);
        }
    }

    [Fact]
    public async Task An_environment_replaces_timeouts_and_what_it_says_last_counts()
    {
        var flow = new Flow
        {
            Environments = ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty.Add(
                "test",
                [new StepOverride { Step = "ALL", Timeout = TimeSpan.Zero }, new StepOverride { Step = "b", Timeout = TimeSpan.FromHours(1) }]),
        }
            .Add(Flow.Define("a", [], retry: new RetryPolicy { MaxAttempts = 1 }) with { Timeout = TimeSpan.FromHours(1) }, static async (context, outcome) =>
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
                await Flow.Ran(context, outcome);
            })
            .Step("b");
        await using var host = await StartAsync(tasker => tasker.UseEnvironment("test"), flow);

        var task = await host.RunAsync(flow);

        Assert.Equal(("handler_timeout", StepState.Complete), (task.Steps[0].Failure?.ErrorType, task.Steps[1].State));
    }

    [Fact]
    public async Task An_environment_leaves_nothing_of_the_retry_block_that_it_replaces()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        var slow = new RetryPolicy { MaxAttempts = 9, Backoff = BackoffStrategy.Linear, BackoffBase = TimeSpan.FromHours(1), MaxBackoff = TimeSpan.FromHours(9) };
        var shortest = RetryPolicy.Default.BackoffBase!.Value;
        var broken = new StepFailure { Message = "m", ErrorType = "e", Retryable = true };
        var flow = new Flow
        {
            Environments = ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty.Add(
                "test",
                [new StepOverride { Step = "a", Retry = new RetryPolicy { MaxAttempts = 2 } }, new StepOverride { Step = "b", Retry = slow with { Retryable = false } }]),
        }.Fails("a", [], slow, _ => broken).Fails("b", [], slow, _ => broken);
        await using var host = await EngineHost.StartAsync(tasker => tasker.UseEmbeddedInMemory().UseEnvironment("test"), [flow], time);
        var task = await host.Client.StartAsync(flow.Template, "{}", cancellationToken: EngineHost.Token);
        await foreach (var now in task.WatchAsync(EngineHost.Token))
        {
            if (now.State is not TaskState.WaitingForRetry)
                continue;
            Assert.InRange(now.Steps[0].NextAttemptAt!.Value - time.GetUtcNow(), TimeSpan.FromTicks(1), shortest);
            break;
        }

        time.Advance(shortest);
        var ended = await task.WaitAsync(EngineHost.Token);

        Assert.Equal((TaskState.BlockedByFailures, 2, 1), (ended.State, ended.Steps[0].Attempts, ended.Steps[1].Attempts));
    }

    [Theory]
    [InlineData("b", "{}", "changes the step 'b', which the template does not have. Name one of its steps, or ALL.")]
    [InlineData("a", "[]", "cannot merge the configuration of step 'a'")]
    public async Task An_override_that_cannot_be_applied_is_said_so(string step, string configuration, string message)
    {
        var change = new StepOverride { Step = step, Configuration = System.Text.Encoding.UTF8.GetBytes(configuration) };
        var flow = new Flow { Environments = ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty.Add("test", [change]) }.Step("a");
        await using var host = await StartAsync(tasker => tasker.UseEnvironment("test"), flow);

        var refused = await Assert.ThrowsAsync<ConfigurationException>(async () => await host.RunAsync(flow));

        Assert.StartsWith("The environment 'test' of template 'tests/flow/1.0.0' ", refused.Message, StringComparison.Ordinal);
        Assert.Contains(message, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(WrongOptions))]
    public async Task Options_out_of_range_are_refused(StartOptions options, string message)
    {
        var flow = new Flow().Step("a");
        await using var host = await StartAsync(null, flow);

        var refused = await Assert.ThrowsAsync<ValidationException>(async () => await host.Client.StartAsync(flow.Template, "{}", options, EngineHost.Token));

        Assert.Equal(message, refused.Message);
    }

    public static TheoryData<StartOptions, string> WrongOptions() => new()
    {
        { new StartOptions { Tags = [.. Enumerable.Repeat("t", 33)] }, "Tags has 33 tags; give at most 32." },
        { new StartOptions { Tags = [""] }, "A tag in Tags has 0 characters; give 1 to 128." },
        { new StartOptions { IdempotencyKey = "" }, "IdempotencyKey has 0 characters; give 1 to 255." },
        { new StartOptions { IdempotencyKey = "k", Identity = TaskIdentity.Strict }, "IdempotencyKey means nothing with Identity Strict; leave one of them out." },
        { new StartOptions { Identity = TaskIdentity.CallerProvided }, "Identity is CallerProvided, so IdempotencyKey must be given." },
        { new StartOptions { Identity = (TaskIdentity)7 }, "Identity is 7, which is no TaskIdentity." },
    };

    private static Task<EngineHost> StartAsync(Action<TaskerBuilder>? configure, params Flow[] flows) => EngineHost.StartAsync(
        tasker =>
        {
            tasker.UseEmbeddedInMemory();
            configure?.Invoke(tasker);
        },
        flows);
}
