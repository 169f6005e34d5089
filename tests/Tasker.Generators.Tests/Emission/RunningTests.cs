using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Generators.Tests.Infrastructure;
using Tasker.Templates;

namespace Tasker.Generators.Tests.Emission;

/// <summary>What is generated runs: it binds, calls and writes, and the compiled template says what its file says.</summary>
public sealed class RunningTests : IDisposable
{
    private const string Source = Samples.Handlers + """

        public sealed class Clock : IClock
        {
            public DateTimeOffset Now => new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        }
        """;

    private readonly GeneratedAssembly _shop = new(
        Source,
        [("approval.workflow.yaml", Samples.Approval)],
        static (services, assembly) => services.AddSingleton(assembly.GetType("Shop.IClock")!, assembly.GetType("Shop.Clock")!));

    public void Dispose() => _shop.Dispose();

    [Fact]
    public async Task A_whole_context_becomes_a_record_and_its_result_an_object() =>
        Assert.Equal("""{"amount":12.50}""", await _shop.Run("validate_request", """{"amount":12.50,"requester":"bob","more":[1]}"""));

    [Theory]
    [InlineData("""{"amount":12.50}""", "Step 'validate_request' needs the input 'requester' for its parameter 'request', but the task's context has none at $.requester.")]
    [InlineData("""{"amount":"x","requester":"bob"}""", "at $.amount: expected a number that fits decimal, found the string \"x\".")]
    public async Task A_bad_context_is_a_validation_failure_that_names_the_place(string context, string message)
    {
        var exception = await Assert.ThrowsAsync<ValidationException>(() => _shop.Run("validate_request", context));

        Assert.EndsWith(message, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_decision_carries_the_members_of_its_result() =>
        Assert.Equal(
            """{"decision_point_outcome":{"type":"no_branches"},"reason":"none","amount":3}""",
            await _shop.Run("routing_decision", results: [GeneratedAssembly.Result("validate_request", """{"amount":3}""")]));

    [Fact]
    public async Task A_missing_ancestor_is_named() =>
        Assert.Contains("needs the result of step 'validate_request'", (await Assert.ThrowsAsync<ValidationException>(() => _shop.Run("routing_decision"))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task An_instance_comes_from_the_host_s_services() =>
        Assert.Equal(
            """{"batch_processing_outcome":{"type":"create_batches","worker_template_name":"process_csv_batch","worker_count":1,"cursor_configs":[{"batch_id":"001","start_cursor":0,"end_cursor":10,"batch_size":10}],"total_items":10},"worker_count":1,"total_items":10,"amount":2026}""",
            await _shop.Run("analyze_csv", """{"csv_file_path":"a.csv"}""", """{"batch_size":2}"""));

    [Fact]
    public async Task A_default_stands_in_for_a_missing_configuration_value() =>
        Assert.Contains("\"total_items\":208", await _shop.Run("analyze_csv", """{"csv_file_path":"a.csv"}"""), StringComparison.Ordinal);

    [Fact]
    public async Task A_batch_worker_reads_its_cursor() =>
        Assert.Equal(
            """{"items_processed":7,"items_succeeded":7,"items_failed":0,"items_skipped":0,"last_cursor":null,"batch_metadata":{},"x":1,"y":0}""",
            await _shop.Run("process_csv_batch", inputs: """{"cursor":{"batch_id":"001","start_cursor":3,"end_cursor":10},"is_no_op":false}"""));

    [Fact]
    public async Task An_aggregation_reads_all_batches() =>
        Assert.Equal(
            """{"result":5}""",
            await _shop.Run("aggregate", results:
            [
                GeneratedAssembly.Result("process_csv_batch_001", """{"x":1,"y":2,"items_processed":1}""", "process_csv_batch"),
                GeneratedAssembly.Result("process_csv_batch_002", """{"x":1,"y":2,"items_processed":1}""", "process_csv_batch"),
            ]));

    [Fact]
    public async Task A_method_picks_between_handlers_of_one_callable()
    {
        Assert.Equal("{}", await _shop.Run("notify", """{"who":"bob"}"""));
        Assert.Equal("{}", await _shop.Run("notify", method: "later"));
        Assert.False(_shop.Handler("notify").NeedsScope);
        Assert.True(_shop.Handler("notify", "later").NeedsScope);
    }

    [Fact]
    public async Task Values_failures_and_elements_become_outcomes()
    {
        Assert.Equal("""{"result":1}""", await _shop.Run("risk"));
        Assert.Equal("no", await _shop.Run("give_up"));
        Assert.Equal("""{"a":[1]}""", await _shop.Run("echo", """{"a":[1]}"""));
        Assert.Equal("""{"result":"001"}""", await _shop.Run("plain", inputs: """{"cursor":{"batch_id":"001","start_cursor":3,"end_cursor":10}}"""));
    }

    [Fact]
    public void The_registry_lists_every_handler_with_its_kind() =>
        Assert.Equal(
            ["aggregate Step", "analyze_csv BatchAnalyzer", "echo Step", "fetch_rates Step", "give_up Step", "notify Step", "notify.later Step", "ping Step", "plain Step", "process_csv_batch BatchWorker", "risk Step", "routing_decision Decision", "validate_request Step"],
            _shop.Registry.Handlers
                .Select(handler => $"{handler.Callable}{(handler.Method is null ? "" : "." + handler.Method)} {handler.Kind}")
                .Order(StringComparer.Ordinal));

    [Fact]
    public void The_compiled_template_says_what_the_file_says()
    {
        var template = _shop.Template;

        Assert.Equal("approvals/approval_routing/1.2.0", template.ToString());
        Assert.Equal("TaskTemplate`1", template.GetType().Name);
        Assert.Equal(["validate_request", "routing_decision", "auto_approve", "analyze", "process_csv_batch", "aggregate", "foreign"], template.Steps.Select(step => step.Name));
        Assert.Equal(
            [StepType.Standard, StepType.Decision, StepType.Standard, StepType.Batchable, StepType.BatchWorker, StepType.DeferredConvergence, StepType.Standard],
            template.Steps.Select(step => step.Type));

        var metadata = template.Metadata!;
        Assert.Equal(("someone", "https://docs.example/approvals"), (metadata.Author, metadata.DocumentationUrl));
        Assert.Equal(("2026-01-31T12:00:00Z", "2026-02-01T01:30:00.5+02:00"), (metadata.CreatedAt, metadata.UpdatedAt));
        Assert.Equal(["a", "b"], metadata.Tags);
        Assert.Equal("mail", template.SystemDependencies.Primary);
        Assert.Equal(["ledger"], template.SystemDependencies.Secondary);
        Assert.Equal(
            [new DomainEventDefinition { Name = "approval.done", Description = "It is over", Schema = """{"type":"object"}""" }, new DomainEventDefinition { Name = "approval.lost" }],
            template.DomainEvents);

        var validate = template.FindStep("validate_request")!;
        Assert.Equal(
            """{"threshold":"1_000","limits":[1000,5000.50,-16,15,1e3,0.5],"text":"1000","unicode":"ä\u0001\"\\","nothing":null,"flag":true}""",
            Encoding.UTF8.GetString(validate.Configuration.Span));
        Assert.Equal(
            new RetryPolicy { MaxAttempts = 5, Backoff = BackoffStrategy.Linear, BackoffBase = TimeSpan.FromMilliseconds(250), MaxBackoff = TimeSpan.FromSeconds(10) },
            validate.Retry);
        Assert.Equal(TimeSpan.FromSeconds(30), validate.Timeout);

        var approve = template.FindStep("auto_approve")!;
        Assert.Equal(("notify", "later", "none", "mail"), (approve.Callable, approve.Method, approve.Resolver, approve.SystemDependency));
        Assert.Equal(["routing_decision"], approve.Dependencies);
        Assert.Equal("""{"type":"object"}""", approve.ResultSchema);
        Assert.Equal("""{"parts":["a",{"b":1}]}""", approve.Composition);
        Assert.Equal(
            new EventDeclaration { Name = "approval.auto", Description = "Approved", Condition = EventCondition.Always, Delivery = EventDelivery.Broadcast, Schema = """{"type":"object"}""", Publisher = "custom" },
            Assert.Single(approve.Events));
        Assert.Equal(
            new BatchConfiguration { BatchSize = 200, Parallelism = 5, CursorField = "row_number", WorkerTemplate = "process_csv_batch", FailureStrategy = BatchFailureStrategy.FailFast },
            template.FindStep("process_csv_batch")!.Batch);
        Assert.Equal(
            new TaskLifecycle { MaxDuration = TimeSpan.FromHours(1), MaxWaitingForRetry = TimeSpan.FromMinutes(5), AutoDlqOnTimeout = true },
            template.Lifecycle);

        Assert.Equal(["production", "test"], template.Environments.Keys.Order(StringComparer.Ordinal));
        var production = template.Environments["production"];
        Assert.Equal(("ALL", TimeSpan.FromMinutes(1)), (production[0].Step, production[0].Timeout));
        Assert.Equal("""{"threshold":5}""", Encoding.UTF8.GetString(production[1].Configuration!.Value.Span));
        Assert.Equal(9, production[1].Retry!.MaxAttempts);
    }
}
