using Microsoft.Extensions.DependencyInjection;
using Tasker.Samples.Workflow;
using Tasker.Testing;

namespace Tasker.Samples.Tests;

/// <summary>The workflows of the samples, tested as their owners would: with the testing package, no command line and no file.</summary>
public sealed class WorkflowTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(999, "auto_approve")]
    [InlineData(1000, "manager_approval")]
    [InlineData(5000, "manager_approval,finance_review")]
    public async Task The_routing_of_an_approval_is_tested_alone(int amount, string approvals)
    {
        await using var host = new StepTestHost(tasker => tasker.AddApprovalRoutingHandlers());
        var outcome = await host.Step(ApprovalRouting.Template, ApprovalRouting.Steps.RoutingDecision)
            .WithResult(ApprovalRouting.Steps.ValidateRequest, new ValidatedRequest(amount, "bob", "laptop")).RunAsync(Token);

        Assert.Equal(approvals, string.Join(',', outcome.Routed()));
    }

    [Fact]
    public async Task An_approval_survives_two_outages_of_its_finance_review_in_no_time()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddApprovalRoutingHandlers());
        var outage = StepResult.Failure("The ledger is down.", retryable: true, "service_unavailable");
        host.FailFirst(ApprovalRouting.Steps.FinanceReview, outage, outage);

        var run = (await host.RunAsync(ApprovalRouting.Template, new ApprovalRequest(9000m, "bob", "car"), Token)).Completed();

        Assert.Equal(3, run.Step(ApprovalRouting.Steps.FinanceReview).Attempts);
        Assert.True(run.Elapsed > TimeSpan.FromSeconds(2));
        Assert.Equal(["manager", "finance"], run.ResultOf(ApprovalRouting.Steps.FinalizeApproval).ApprovedBy);
    }

    [Fact]
    public async Task A_manager_who_is_a_fake_can_refuse()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddApprovalRoutingHandlers());
        host.Fake(ApprovalRouting.Steps.ManagerApproval, new Approval(Approved: false, "manager", "Not this year."));

        var run = (await host.RunAsync(ApprovalRouting.Template, new ApprovalRequest(2500m, "bob", "car"), Token)).Completed();

        Assert.False(run.ResultOf(ApprovalRouting.Steps.FinalizeApproval).Approved);
    }

    [Fact]
    public async Task An_inventory_adds_up_batches_that_are_fakes()
    {
        await using var host = new WorkflowTestHost(tasker => tasker.AddCsvInventoryHandlers());
        host.Fake(CsvInventory.Steps.AnalyzeCsv, (_, outcome) =>
        {
            outcome.BeginBatchPlan(BatchPlan.ForItems(30, 10), "process_csv_batch");
            outcome.End();
        });
        host.Fake(CsvInventory.Steps.ProcessCsvBatch, (context, outcome) =>
        {
            var batch = new BatchContext(context);
            var writer = outcome.BeginBatchResult(BatchResult.Of(batch.Size));
            writer.WriteNumber("count", batch.Size);
            writer.WriteNumber("inventory_value", batch.Start);
            writer.WriteStartObject("category_counts");
            writer.WriteNumber("toys", 1);
            writer.WriteEndObject();
            outcome.End();
        });

        var run = (await host.RunAsync(CsvInventory.Template, new InventoryRequest("none.csv"), Token)).Completed();

        var summary = run.Step(CsvInventory.Steps.AggregateCsvResults).Result;
        using var json = System.Text.Json.JsonDocument.Parse(summary);
        Assert.Equal(30, json.RootElement.GetProperty("total_inventory_value").GetDecimal());
    }
}
