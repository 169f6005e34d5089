using System.Text;

namespace Tasker.Tests;

/// <summary>The JSON that tasker-core's orchestrator and the workers of other languages read, key for key.</summary>
public sealed class StepOutcomeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_an_empty_object()
    {
        using var outcome = new StepOutcome();
        outcome.SetNothing();

        AssertJson("{}", outcome, StepOutcomeKind.Value);
    }

    [Fact]
    public void A_value_that_is_not_an_object_is_wrapped()
    {
        using var outcome = new StepOutcome();
        outcome.BeginValue().WriteNumberValue(42);
        outcome.End();

        AssertJson("""{"result":42}""", outcome, StepOutcomeKind.Value);
    }

    [Theory]
    [InlineData("""{"a":1}""", """{"a":1}""")]
    [InlineData("[1,2]", """{"result":[1,2]}""")]
    [InlineData("false", """{"result":false}""")]
    [InlineData("null", "{}")]
    public void An_element_decides_by_its_value(string json, string expected)
    {
        using var outcome = new StepOutcome();
        using var document = System.Text.Json.JsonDocument.Parse(json);
        outcome.SetElement(document.RootElement);

        AssertJson(expected, outcome, StepOutcomeKind.Value);
    }

    [Fact]
    public void An_element_that_was_never_set_is_an_empty_object()
    {
        using var outcome = new StepOutcome();
        outcome.SetElement(default);

        AssertJson("{}", outcome, StepOutcomeKind.Value);
    }

    [Fact]
    public void A_route_names_its_steps()
    {
        using var outcome = new StepOutcome();
        outcome.BeginDecision(Decision.Route("a", "b")).WriteString("tier", "premium");
        outcome.End();

        AssertJson("""{"decision_point_outcome":{"type":"create_steps","step_names":["a","b"]},"tier":"premium"}""", outcome, StepOutcomeKind.Decision);
    }

    [Fact]
    public void A_skip_has_a_reason()
    {
        using var outcome = new StepOutcome();
        outcome.BeginDecision(Decision.Skip("Nothing to do"));
        outcome.End();

        AssertJson("""{"decision_point_outcome":{"type":"no_branches"},"reason":"Nothing to do"}""", outcome, StepOutcomeKind.Decision);
    }

    [Fact]
    public void A_plan_lists_its_cursors()
    {
        using var outcome = new StepOutcome();
        outcome.BeginBatchPlan(BatchPlan.ForItems(30, 20), "process_batch");
        outcome.End();

        AssertJson(
            """{"batch_processing_outcome":{"type":"create_batches","worker_template_name":"process_batch","worker_count":2,"cursor_configs":[{"batch_id":"001","start_cursor":0,"end_cursor":20,"batch_size":20},{"batch_id":"002","start_cursor":20,"end_cursor":30,"batch_size":10}],"total_items":30},"worker_count":2,"total_items":30}""",
            outcome,
            StepOutcomeKind.BatchPlan);
        Assert.Equal("process_batch", outcome.WorkerTemplate);
    }

    [Fact]
    public void An_empty_plan_has_a_reason()
    {
        using var outcome = new StepOutcome();
        outcome.BeginBatchPlan(BatchPlan.Empty("no rows"), "process_batch");
        outcome.End();

        AssertJson("""{"batch_processing_outcome":{"type":"no_batches"},"reason":"no rows"}""", outcome, StepOutcomeKind.BatchPlan);
    }

    [Fact]
    public void Batch_counts_are_written_flat_and_zero_is_zero()
    {
        using var outcome = new StepOutcome();
        outcome.BeginBatchResult(BatchResult.Of(10, succeeded: 0, failed: 10));
        outcome.End();

        AssertJson(
            """{"items_processed":10,"items_succeeded":0,"items_failed":10,"items_skipped":0,"last_cursor":null,"batch_metadata":{}}""",
            outcome,
            StepOutcomeKind.BatchResult);
    }

    [Fact]
    public void A_partial_failure_is_a_success_that_lists_its_errors()
    {
        using var outcome = new StepOutcome();
        outcome.BeginBatchResult(BatchResult.Of(100, succeeded: 90, failed: 10) with
        {
            LastCursor = "k-100",
            PartialFailure = "10 items failed",
            Results = [System.Text.Json.JsonElement.Parse("{\"n\":1}")],
            Errors = [new BatchError("fail") { Item = 7, ErrorType = "validation_error" }, new BatchError("again")],
        }).WriteString("extra", "x");
        outcome.End();

        AssertJson(
            """{"items_processed":100,"items_succeeded":90,"items_failed":10,"items_skipped":0,"last_cursor":"k-100","batch_metadata":{},"partial_failure":true,"partial_failure_message":"10 items failed","results":[{"n":1}],"errors":[{"item":7,"error":"fail","error_type":"validation_error"},{"error":"again"}],"extra":"x"}""",
            outcome,
            StepOutcomeKind.BatchResult);
        Assert.Null(outcome.Failure);
    }

    [Fact]
    public void A_yield_holds_its_checkpoint_and_none_of_the_values_members()
    {
        using var outcome = new StepOutcome();
        var batch = new BatchContext<long>(
            TestSteps.Context(TestSteps.Claimed(inputs: """{"cursor":{"batch_id":"001","start_cursor":0,"end_cursor":10000,"batch_size":10000}}""")),
            Json.JsonCodecs.Int64);
        BatchResult<string> result = batch.Yield(7500, 7500, 42);
        outcome.BeginBatchResult(result).WriteString("member", "of a default value");
        outcome.End();

        AssertJson("""{"type":"checkpoint_yield","cursor":7500,"items_processed":7500,"accumulated_results":42}""", outcome, StepOutcomeKind.Yield);
        using var record = System.Text.Json.JsonDocument.Parse(outcome.Checkpoint);
        Assert.Equal(["cursor", "items_processed", "timestamp", "accumulated_results", "history"], record.RootElement.EnumerateObject().Select(member => member.Name));

        outcome.Reset();
        Assert.True(outcome.Checkpoint.IsEmpty);
    }

    [Fact]
    public void A_placeholder_batch_reports_that_it_did_nothing()
    {
        using var outcome = new StepOutcome();
        outcome.SetNoOpBatch(Now);

        AssertJson(
            """{"batch_id":"000","no_op":true,"processed_count":0,"message":"No batches to process","processed_at":"2026-01-02T03:04:05+00:00"}""",
            outcome,
            StepOutcomeKind.BatchResult);
    }

    [Fact]
    public void A_failure_drops_what_was_half_written()
    {
        using var outcome = new StepOutcome();
        outcome.BeginDecision(Decision.Route("a"));
        outcome.SetFailure(StepResult.Failure("broken", retryable: false));

        AssertJson("{}", outcome, StepOutcomeKind.Failure);
        Assert.Null(outcome.Decision);
        Assert.Equal("broken", outcome.Failure!.Message);
    }

    [Fact]
    public void A_reset_outcome_serves_the_next_step()
    {
        using var outcome = new StepOutcome();
        outcome.BeginValue().WriteStringValue(new string('x', 200_000));
        outcome.End();
        outcome.Reset();
        outcome.SetNothing();

        AssertJson("{}", outcome, StepOutcomeKind.Value);
    }

    private static void AssertJson(string expected, StepOutcome outcome, StepOutcomeKind kind)
    {
        Assert.Equal(expected, Encoding.UTF8.GetString(outcome.Result.Span));
        Assert.Equal(kind, outcome.Kind);
    }
}
