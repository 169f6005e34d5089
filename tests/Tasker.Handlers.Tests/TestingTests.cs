using Microsoft.Extensions.DependencyInjection;
using Tasker.Testing;

namespace Tasker.Examples;

/// <summary>The testing package tells plainly what a test got in place of what it expected.</summary>
public sealed class TestingTests
{
    [Fact]
    public async Task An_outcome_of_another_kind_is_named()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());
        var value = await host.Step(Refunds.Template, Refunds.Steps.Review).RunAsync(Token);
        var failure = await host.Step(Refunds.Template, Refunds.Steps.PayBack).RunAsync(Token);

        Assert.Equal("""Step 'review' was expected to fail, but it returned {"by":"controller"}.""", Assert.Throws<ExpectationException>(value.Failed).Message);
        Assert.Equal("""Step 'review' was expected to decide, but it returned {"by":"controller"}.""", Throws(() => value.Routed()));
        Assert.Equal("""Step 'review' was expected to plan batches, but it returned {"by":"controller"}.""", Throws(value.Planned));
        Assert.Equal("""Step 'review' was expected to yield, but it returned {"by":"controller"}.""", Throws(() => value.Yielded()));
        Assert.StartsWith("Step 'pay_back' was expected to succeed, but it failed with validation_error: Step 'pay_back' needs", Throws(() => failure.Succeeded()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_callable_needs_no_template_and_an_unknown_one_is_a_failure()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());

        Assert.Equal("controller", (await host.Handler("review").RunAsync(Token)).Succeeded().GetProperty("by").GetString());
        Assert.Equal("handler_not_found", (await host.Handler("unknown").RunAsync(Token)).Failed().ErrorType);
    }

    [Fact]
    public async Task A_step_or_an_input_that_the_template_does_not_have_is_refused()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());

        Assert.StartsWith("Template 'examples/refunds/1.0.0' has no step 'unknown'.", Assert.Throws<ArgumentException>(() => host.Step(Refunds.Template, "unknown")).Message, StringComparison.Ordinal);
        Assert.StartsWith(
            "The context of template 'examples/refunds/1.0.0' is not a Order; use WithInputJson.",
            Assert.Throws<ArgumentException>(() => host.Step(Refunds.Template, Refunds.Steps.Check).WithInput(new Order("pen", 1, null))).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_stands_in_for_every_value_and_an_attempt_knows_its_past()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers().AddErrorClassifier("pay_back", _ => StepResult.Failure("classified", retryable: true)));

        var outcome = await host.Step(Refunds.Template, Refunds.Steps.PayBack)
            .WithInputJson("""{"amount":5}""").WithConfigurationJson("""{"a":1}""").WithStepInputsJson("{}")
            .WithResultJson("route", """{"tier":"small"}""")
            .AsAttempt(3, StepResult.Failure("before", retryable: true))
            .RunAsync(Token);

        Assert.Equal("cashier for small refunds", outcome.Succeeded(Refunds.Steps.PayBack).By);
        Assert.Equal("classified", (await host.Step(Refunds.Template, Refunds.Steps.PayBack).RunAsync(Token)).Failed().Message);
    }

    [Fact]
    public async Task A_task_that_failed_says_which_step_and_why()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());
        host.FailFirst(Refunds.Steps.Check, StepResult.Failure("It is broken.", retryable: false));

        var run = await host.RunAsync(Refunds.Template, new Refund(5, "x"), Token);

        Assert.Equal("The task was expected to complete, but it ended in 'blocked_by_failures', because step 'check' failed: It is broken.", Throws(run.Completed));
        Assert.Equal("Step 'check' was expected to complete, but it is in 'error': It is broken.", Throws(() => run.ResultOf(Refunds.Steps.Check)));
        Assert.Equal("The task was expected to have the step 'close', but it has 'check', 'route'.", Throws(() => run.Step("close")));
        Assert.Equal("Step 'route' was expected to fail, but it is in 'pending'.", Throws(() => run.Failed("route")));
        Assert.Equal("It is broken.", run.Failed("check").Message);
    }

    [Fact]
    public async Task A_step_without_a_handler_says_what_to_do()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddRegistry(new Elsewhere()));

        var failure = (await host.RunJsonAsync(Elsewhere.Template, "{}"u8.ToArray(), Token)).Failed("charge");

        Assert.Equal(
            "No handler of this test host has the callable 'PaymentHandler' of step 'charge', and the step has no fake. Add the assembly's handlers, or call Fake for the step.",
            failure.Message);
    }

    [Fact]
    public async Task A_step_whose_handler_lives_elsewhere_can_be_a_fake()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddRegistry(new Elsewhere()));
        host.Fake("charge", (context, outcome) =>
        {
            outcome.BeginValue().WriteStringValue(context.Callable);
            outcome.End();
        });

        var run = (await host.RunJsonAsync(Elsewhere.Template, "{}"u8.ToArray(), Token)).Completed();

        Assert.Equal("""{"result":"PaymentHandler"}""", System.Text.Encoding.UTF8.GetString(run.Step("charge").Result.Span));
    }

    [Fact]
    public async Task A_task_that_stands_still_is_given_up_with_its_open_steps()
    {
        var never = new TaskCompletionSource();
        await using var host = new WorkflowTestHost(tasker => tasker.AddRegistry(new Elsewhere()).ConfigureWorker(options => options.CancellationGrace = TimeSpan.Zero));
        host.Fake("charge", (context, _) => never.Task.Wait(context.CancellationToken));
        host.Patience = TimeSpan.FromMilliseconds(200);

        var exception = await Assert.ThrowsAsync<ExpectationException>(() => host.RunJsonAsync(Elsewhere.Template, "{}"u8.ToArray(), Token));

        Assert.StartsWith("Nothing of the task changed for 00:00:00.2000000. Not finished: 'charge' (", exception.Message, StringComparison.Ordinal);
        never.SetResult();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Throws(Func<object?> expectation) => Assert.Throws<ExpectationException>(() => expectation()).Message;

    private sealed class Elsewhere : Handlers.HandlerRegistry
    {
        public static Templates.TaskTemplate Template { get; } = new()
        {
            Name = "payments",
            Namespace = "examples",
            Version = "1.0.0",
            Steps = [new Templates.StepDefinition { Name = "charge", Callable = "PaymentHandler" }],
        };

        public override System.Collections.Immutable.ImmutableArray<Handlers.HandlerAdapter> Handlers => [];

        public override System.Collections.Immutable.ImmutableArray<Templates.TaskTemplate> Templates => [Template];
    }
}
