using Microsoft.Extensions.DependencyInjection;
using Tasker.Testing;

namespace Tasker.Examples;

public sealed class MailingTests
{
    [Fact]
    public async Task A_plan_is_tested_alone()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());

        var plan = (await host.Step(Mailing.Template, Mailing.Steps.Split).WithInput(Addresses(25)).RunAsync(Token)).Planned();

        Assert.Equal([10, 10, 5], plan.Cursors.Select(cursor => cursor.Size));
    }

    [Fact]
    public async Task A_batch_yields_and_goes_on_from_its_checkpoint()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());
        StepTest Batch() => host.Step(Mailing.Template, Mailing.Steps.Send).WithInput(Addresses(25)).WithBatch(10, 20);

        var first = await Batch().RunAsync(Token);
        var second = await Batch().WithCheckpoint(first.Yielded()).RunAsync(Token);

        Assert.Equal(2, first.Checkpoints.Length);
        Assert.Equal(10, second.Succeeded().GetProperty("mails").GetInt32());
        Assert.Equal((10, 19), (second.BatchResult!.Processed, second.BatchResult.LastCursor!.Value.ToInt64()));
    }

    [Fact]
    public async Task An_aggregation_is_tested_with_batches_built_by_hand()
    {
        await using var host = new StepTestHost(tasker => tasker.AddHandlers());

        var outcome = await host.Step(Mailing.Template, Mailing.Steps.Report)
            .WithBatchResult(Mailing.Steps.Send, "001", BatchResult.Of(10, succeeded: 9, failed: 1) with { Errors = [new BatchError("no")] }, """{"mails":9,"refused":["x"]}""")
            .WithBatchResult(Mailing.Steps.Send, "002", BatchResult.Of(10), """{"mails":10,"refused":[]}""")
            .RunAsync(Token);

        var report = outcome.Succeeded(Mailing.Steps.Report);
        Assert.Equal((19, 0.95, 1L), (report.Mails, report.SuccessRate, report.Errors));
    }

    [Fact]
    public async Task A_mailing_runs_in_batches_and_counts_what_failed()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());
        var campaign = Addresses(25);
        campaign.Addresses[3] = "nobody";

        var run = (await host.RunAsync(Mailing.Template, campaign, Token)).Completed();

        Assert.Equal(["split", "send_001", "send_002", "send_003", "report"], run.StepNames);
        var report = run.ResultOf(Mailing.Steps.Report);
        Assert.Equal((24, 0.96, 1L), (report.Mails, report.SuccessRate, report.Errors));
        Assert.All(run.Task.Steps, step => Assert.Equal(1, step.Attempts));
    }

    [Fact]
    public async Task A_batch_that_fails_is_set_aside()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());
        host.Fake(Mailing.Steps.Send, (context, outcome) =>
        {
            if (context.StepName == "send_002")
                throw new PermanentException("The mail server refuses.");
            var writer = outcome.BeginBatchResult(BatchResult.Of(10));
            writer.WriteNumber("mails", 10);
            writer.WriteStartArray("refused");
            writer.WriteEndArray();
            outcome.End();
        });

        var run = (await host.RunAsync(Mailing.Template, Addresses(30), Token)).Completed();

        Assert.Equal("The mail server refuses.", run.Failed("send_002").Message);
        Assert.Equal(["002"], run.ResultOf(Mailing.Steps.Report).Missing);
    }

    [Fact]
    public async Task Nobody_to_write_to_is_an_empty_report()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddHandlers());

        var run = (await host.RunAsync(Mailing.Template, Addresses(0), Token)).Completed();

        Assert.Equal(["split", "send_000", "report"], run.StepNames);
        Assert.Equal(0, run.ResultOf(Mailing.Steps.Report).Mails);
    }

    [Theory]
    [InlineData(false, 0)]
    [InlineData(true, 1)]
    public async Task A_worker_sees_the_placeholder_when_it_asks_for_it(bool asks, int runs)
    {
        var seen = 0;
        await using var host = new WorkflowTestHost(tasker => _ = asks ? tasker.AddHandlers().RunPlaceholderBatches("send") : tasker.AddHandlers());
        host.Fake(Mailing.Steps.Send, (context, outcome) =>
        {
            Assert.True(new BatchContext(context).IsPlaceholder);
            seen++;
            outcome.BeginBatchResult(BatchResult.Of(7));
            outcome.End();
        });

        var run = (await host.RunAsync(Mailing.Template, Addresses(0), Token)).Completed();

        Assert.Equal((runs, 0), (seen, run.ResultOf(Mailing.Steps.Report).Mails));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Campaign Addresses(int count) => new([.. Enumerable.Range(0, count).Select(n => $"user{n}@mail.example")]);
}
