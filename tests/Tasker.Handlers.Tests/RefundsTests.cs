using Microsoft.Extensions.DependencyInjection;
using Tasker.Testing;

namespace Tasker.Examples;

public sealed class RefundsTests
{
    [Theory]
    [InlineData(0, "none", "")]
    [InlineData(99, "small", "pay_back")]
    [InlineData(100, "large", "pay_back,review")]
    public async Task A_decision_is_tested_alone(int amount, string tier, string routed)
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());

        var outcome = await host.Step(Refunds.Template, Refunds.Steps.Route).WithResult(Refunds.Steps.Check, new Refund(amount, "broken")).RunAsync(Token);

        Assert.Equal(routed, string.Join(',', outcome.Routed()));
        Assert.Equal(tier, outcome.Succeeded().GetProperty("tier").GetString());
    }

    [Theory]
    [InlineData(0, "check,route,close", "")]
    [InlineData(99, "check,route,pay_back,close", "cashier for small refunds")]
    [InlineData(500, "check,route,pay_back,review,close", "cashier for large refunds,controller")]
    public async Task Only_the_steps_it_names_exist(int amount, string steps, string verdicts)
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());

        var run = (await host.RunAsync(Refunds.Template, new Refund(amount, "broken"), Token)).Completed();

        Assert.Equal(steps, string.Join(',', run.StepNames));
        Assert.Equal(verdicts, string.Join(',', run.ResultOf(Refunds.Steps.Close)));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
