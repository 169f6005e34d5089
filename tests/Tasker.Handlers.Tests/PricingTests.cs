using Microsoft.Extensions.DependencyInjection;
using Tasker.Hosting;
using Tasker.Testing;

namespace Tasker.Examples;

public sealed class PricingTests
{
    [Fact]
    public async Task A_step_is_tested_in_two_lines()
    {
        await using var host = new StepTestHost(Configure);
        var outcome = await host.Step(Pricing.Template, Pricing.Steps.Price).WithInput(new Order("pen", 3, null)).RunAsync(Token);

        Assert.Equal(new Price(6, false), outcome.Succeeded(Pricing.Steps.Price));
    }

    [Theory]
    [InlineData("pen", 0, "validation_error", "The quantity must be positive, but is 0.")]
    [InlineData("yacht", 1, "not_found", "There is no article 'yacht'.")]
    public async Task A_bad_order_fails_for_good(string sku, int quantity, string errorType, string message)
    {
        await using var host = new StepTestHost(Configure);

        var failure = (await host.Step(Pricing.Template, Pricing.Steps.Price).WithInput(new Order(sku, quantity, null)).RunAsync(Token)).Failed();

        Assert.Equal((errorType, message, false), (failure.ErrorType, failure.Message, failure.Retryable));
    }

    [Fact]
    public async Task A_result_of_another_step_and_an_explicit_failure()
    {
        await using var host = new StepTestHost(Configure);
        var number = host.Step(Pricing.Template, Pricing.Steps.InvoiceNumber);

        Assert.StartsWith("INV-", (await number.WithResult(Pricing.Steps.Discount, new Price(5, true)).RunAsync(Token)).Succeeded(Pricing.Steps.InvoiceNumber), StringComparison.Ordinal);
        var failure = (await host.Step(Pricing.Template, Pricing.Steps.InvoiceNumber)
            .WithResult(Pricing.Steps.Discount, new Price(2_000_000, true)).RunAsync(Token)).Failed();
        Assert.Equal("TOO_LARGE", failure.ErrorCode);
    }

    [Fact]
    public async Task A_workflow_runs_with_retries_that_take_no_time()
    {
        await using var host = new WorkflowTestHost(Configure);
        host.FailFirst(Pricing.Steps.Price, StepResult.Failure("down", retryable: true), StepResult.Failure("still down", retryable: true));

        var run = (await host.RunAsync(Pricing.Template, new Order("pen", 5, "SPRING"), Token)).Completed();

        Assert.Equal(new Price(9m, true), run.ResultOf(Pricing.Steps.Discount));
        Assert.Equal(3, run.Step(Pricing.Steps.Price).Attempts);
        Assert.InRange(run.Elapsed, TimeSpan.FromSeconds(2.5), TimeSpan.FromSeconds(3.1));
    }

    [Fact]
    public async Task A_fake_stands_in_for_a_step()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());
        host.Fake(Pricing.Steps.Price, new Price(100, false));

        var run = (await host.RunAsync(Pricing.Template, new Order("anything", 1, null), Token)).Completed();

        Assert.Equal(new Price(100, false), run.ResultOf(Pricing.Steps.Discount));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static void Configure(TaskerBuilder tasker) => tasker.AddHandlers().Services.AddSingleton<IPriceList, Prices>();

    private sealed class Prices : IPriceList
    {
        public decimal? PriceOf(string sku) => sku == "pen" ? 2 : null;
    }
}
