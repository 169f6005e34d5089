using System.Text.Json;
using Tasker.Handlers;
using Tasker.Json;
using Tasker.Templates;

namespace Tasker.Tests;

/// <summary>What a step that aggregates batches sees (worker behaviour §5).</summary>
public sealed class BatchResultsTests
{
    private const string TwoPlanned =
        """{"batch_processing_outcome":{"type":"create_batches","worker_template_name":"work","worker_count":2,"cursor_configs":[{"batch_id":"001"},{"batch_id":"002"}],"total_items":20}}""";

    private const string NonePlanned = """{"batch_processing_outcome":{"type":"no_batches"},"reason":"empty"}""";

    private static readonly StepDefinition Aggregate = new() { Name = "sum", Callable = "sum", Dependencies = ["work"] };

    private static readonly TaskTemplate Template = new()
    {
        Name = "t",
        Namespace = "n",
        Version = "1",
        Steps =
        [
            new StepDefinition { Name = "analyze", Callable = "analyze", Type = StepType.Batchable },
            new StepDefinition { Name = "work", Callable = "work", Type = StepType.BatchWorker, Dependencies = ["analyze"] },
            new StepDefinition { Name = "other", Callable = "other" },
            Aggregate,
        ],
    };

    private static readonly JsonCodec<JsonElement> Any =
        new JsonDelegateCodec<JsonElement>("any", static (ref r) => JsonElement.ParseValue(ref r), static (w, v) => v.WriteTo(w), static (_, _) => throw new NotSupportedException());

    [Theory]
    [InlineData("")]
    [InlineData("work")]
    public void Batches_are_those_of_the_worker(string worker)
    {
        var batches = Read(
            worker,
            ("analyze", TwoPlanned),
            ("work_001", """{"items_processed":10,"items_succeeded":0,"items_failed":10}"""),
            ("work_002", """{"items_processed":5}"""),
            ("other", """{"items_processed":99}"""));

        Assert.Equal((2, 15, 5, 10), (batches.Count, batches.TotalProcessed, batches.TotalSucceeded, batches.TotalFailed));
        Assert.Equal(1.0 / 3, batches.SuccessRate, 10);
        Assert.Equal(["001", "002"], batches.Select(batch => batch.BatchId));
        Assert.Equal(BatchScenario.WithBatches, batches.Scenario);
        Assert.Empty(batches.Missing);
    }

    [Fact]
    public void The_sums_are_those_of_the_other_workers()
    {
        var batches = Read(
            "work",
            ("work_001", """{"items_processed":100,"items_succeeded":95,"items_failed":5,"errors":[{"id":1,"error":"fail"}],"last_cursor":100}"""),
            ("work_002", """{"items_processed":100,"items_succeeded":98,"items_failed":2,"errors":["plain"],"partial_failure":true,"partial_failure_message":"2 of 100"}"""),
            ("work_003", """{"items_processed":50,"items_succeeded":50,"results":[1,2]}"""));

        var totals = batches.ToTotals();
        Assert.Equal(("with_batches", 3, 250L, 243L, 7L, 0L, 0.972, 2L), (totals.Scenario, totals.BatchCount, totals.TotalProcessed, totals.TotalSucceeded, totals.TotalFailed, totals.TotalSkipped, totals.SuccessRate, totals.ErrorCount));
        Assert.Equal(["""{"item":1,"error":"fail"}""", """{"error":"plain"}"""], totals.Errors.Select(error => error.GetRawText()));
        Assert.Equal(100, batches[0].LastCursor!.Value.ToInt64());
        Assert.Equal((null, "2 of 100"), (batches[0].PartialFailure, batches[1].PartialFailure));
        Assert.Equal([1, 2], batches[2].Results.Select(item => item.GetInt32()));
    }

    [Fact]
    public void The_first_hundred_errors_are_kept_and_all_are_counted()
    {
        var errors = string.Join(',', Enumerable.Range(0, 150).Select(n => $$"""{"error":"e{{n}}"}"""));

        var batches = Read("work", ("work_001", $$"""{"items_processed":150,"errors":[{{errors}}]}"""), ("work_002", """{"errors":[{"error":"last"}]}"""));

        Assert.Equal((100, 151L), (batches.Errors.Length, batches.ErrorCount));
        Assert.Equal(("e0", "e99"), (batches.Errors[0].Message, batches.Errors[^1].Message));
        Assert.Equal(150, batches[0].ErrorCount);
    }

    [Theory]
    [InlineData("""{"batch_worker_outcome":{"items_processed":4,"items_succeeded":3,"items_failed":1,"items_skipped":2}}""")]
    [InlineData("""{"processed":4,"succeeded":3,"failed":1,"skipped":2,"success_rate":75.0}""")]
    public void Counts_of_workers_in_TypeScript_and_Rust_are_read_too(string result)
    {
        var batches = Read("work", ("work_001", result));

        Assert.Equal((4, 3, 1, 2), (batches.TotalProcessed, batches.TotalSucceeded, batches.TotalFailed, batches.TotalSkipped));
    }

    [Fact]
    public void An_empty_plan_has_no_batches_whatever_its_placeholder_returned()
    {
        var batches = Read("work", ("analyze", NonePlanned), ("work_000", """{"items_processed":1}"""));

        Assert.Equal((BatchScenario.NoBatches, 0, 0.0), (batches.Scenario, batches.Count, batches.SuccessRate));
        Assert.Equal("no_batches", batches.ToTotals().Scenario);
    }

    [Fact]
    public void A_branch_not_taken_has_no_batches_either_and_says_so() =>
        Assert.Equal((BatchScenario.NotReached, true), (Read("work").Scenario, Read("work").IsEmpty));

    [Fact]
    public void A_planned_batch_without_a_result_is_missing() =>
        Assert.Equal(["002"], Read("work", ("analyze", TwoPlanned), ("work_001", """{"items_processed":5}""")).Missing);

    [Fact]
    public void Planned_batches_of_which_none_has_a_result_are_an_error() =>
        Assert.Equal(
            "Step 'sum' has nothing to aggregate for its parameter 'batches': 2 batches of 'work' were planned, and none has a result.",
            Assert.Throws<ValidationException>(() => Read("work", ("analyze", TwoPlanned))).Message);

    private static BatchResults<JsonElement> Read(string worker, params (string Step, string Result)[] ancestors)
    {
        var step = new ClaimedStep
        {
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            Template = Template,
            Definition = Aggregate,
            Name = "sum",
            TaskContext = "{}"u8.ToArray(),
            Dependencies = StepResults.From(
                [.. ancestors.Select(a => new AncestorResult(a.Step, a.Step.StartsWith("work_", StringComparison.Ordinal) ? "work" : a.Step, TestSteps.Utf8(a.Result)))]),
        };
        return new StepBinder(TestSteps.Context(step), [new BoundParameter("batches", worker)]).Batches(0, Any);
    }
}
