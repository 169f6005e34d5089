using System.Text.Json;
using Tasker.Json;
using Tasker.Wire;

namespace Tasker.Tests;

/// <summary>What a handler may ask of its attempt (worker behaviour §10).</summary>
public sealed class StepContextTests
{
    [Fact]
    public void Inputs_configuration_and_step_inputs_are_read_by_name()
    {
        var context = TestSteps.Context(TestSteps.Claimed(
            input: """{"amount":5,"nothing":null}""", config: """{"limit":7}""", inputs: """{"cursor":{"batch_id":"001"}}"""));

        Assert.Equal(5, context.Input("amount", JsonCodecs.Int32));
        Assert.Equal(9, context.InputOr("nothing", JsonCodecs.Int32, 9));
        Assert.Equal(7, context.Config("limit", JsonCodecs.Int32));
        Assert.Equal(8, context.ConfigOr("missing", JsonCodecs.Int32, 8));
        Assert.Equal(5, context.Inputs.GetProperty("amount").GetInt32());
        Assert.Equal(7, context.Configuration.GetProperty("limit").GetInt32());
        Assert.Equal("001", context.StepInputs.GetProperty("cursor").GetProperty("batch_id").GetString());
        Assert.Equal(JsonValueKind.Object, TestSteps.Context(TestSteps.Claimed()).StepInputs.ValueKind);
        Assert.Contains("'absent'", Assert.Throws<ValidationException>(() => context.Input("absent", JsonCodecs.Int32)).Message, StringComparison.Ordinal);
        Assert.Contains("'absent'", Assert.Throws<ValidationException>(() => context.Config("absent", JsonCodecs.Int32)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Results_of_ancestors_are_unwrapped_and_searched_by_path()
    {
        var context = TestSteps.Context(TestSteps.Claimed(ancestors:
        [
            new AncestorResult("count", "count", TestSteps.Utf8("""{"result":5}""")),
            new AncestorResult("work_001", "work", TestSteps.Utf8("""{"items":[{"price":1},{"price":2}],"result":"kept"}""")),
            new AncestorResult("work_002", "work", TestSteps.Utf8("{}")),
        ]));

        Assert.Equal(["count", "work_001", "work_002"], context.ResultNames);
        Assert.Equal(5, context.Result("count")!.Value.GetInt32());
        Assert.Equal(5, context.Result("count", JsonCodecs.Int32));
        Assert.Equal("kept", context.Result("work_001")!.Value.GetProperty("result").GetString());
        Assert.Equal(2, context.ResultField("work_001", "items", "1", "price")!.Value.GetInt32());
        Assert.Null(context.Result("absent"));
        Assert.Null(context.ResultField("absent", "items"));
        Assert.Null(context.ResultField("work_001", "items", "2"));
        Assert.Null(context.ResultField("work_001", "items", "1", "price", "deeper"));
        Assert.Equal(["work_001", "work_002"], context.Results("work_").Select(result => result.Key));
        Assert.Equal(3, context.Results().Count());
    }

    [Theory]
    [InlineData(0, 3, false, false)]
    [InlineData(1, 3, true, false)]
    [InlineData(2, 3, true, true)]
    [InlineData(0, 1, false, true)]
    public void An_attempt_knows_its_place(int attempts, int max, bool isRetry, bool isLast)
    {
        var context = TestSteps.Context(new ClaimedStep
        {
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            ParentCorrelationId = Guid.Empty,
            Template = TestSteps.Template,
            Definition = TestSteps.Worker,
            Name = "work_001",
            TaskContext = "{}"u8.ToArray(),
            Attempts = attempts,
            MaxAttempts = max,
            PreviousFailure = StepResult.Failure("broken", retryable: true),
        });

        Assert.Equal((attempts, max, isRetry, isLast), (context.RetryCount, context.MaxAttempts, context.IsRetry, context.IsLastRetry));
        Assert.Equal(
            ("n", "t", "1", "work_001", "work", "work"),
            (context.Namespace, context.TaskName, context.TaskVersion, context.StepName, context.TemplateStepName, context.Callable));
        Assert.Equal((Guid.Empty, "broken"), (context.ParentCorrelationId, context.PreviousFailure!.Message));
    }

    [Theory]
    [InlineData("", false, null, 0, null)]
    [InlineData("""{"cursor":0,"items_processed":3}""", true, "0", 3, null)]
    [InlineData("""{"cursor":"k","items_processed":3,"accumulated_results":{"a":1}}""", true, "\"k\"", 3, """{"a":1}""")]
    [InlineData("""{"cursor":null,"items_processed":3,"accumulated_results":1}""", false, null, 3, "1")]
    public void A_checkpoint_is_read_in_parts(string checkpoint, bool has, string? cursor, long processed, string? accumulated)
    {
        var context = TestSteps.Context(TestSteps.Claimed(checkpoint: checkpoint));

        Assert.Equal(
            (has, cursor, processed, accumulated),
            (context.HasCheckpoint, context.CheckpointCursor?.ToString(), context.CheckpointItemsProcessed, context.AccumulatedResults?.GetRawText()));
    }

    [Fact]
    public void A_stored_failure_is_read_back_as_it_was_written()
    {
        var failure = new StepFailure
        {
            Message = "m",
            ErrorType = "validation_error",
            ErrorCode = "E1",
            Retryable = true,
            StatusCode = 422,
            Backtrace = ["at here"],
            Context = new Dictionary<string, string> { ["k"] = "v" },
            Metadata = new Dictionary<string, string> { ["rows"] = "12" },
        };
        using var outcome = new StepOutcome();
        outcome.SetFailure(failure);
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            StepExecutionResultWriter.Write(writer, new StepReport(Guid.NewGuid(), "c", default, default, default), outcome);

        var read = StepExecutionResultReader.ReadFailure(buffer.WrittenMemory)!;

        Assert.Equal(("m", "validation_error", "E1", true, 422), (read.Message, read.ErrorType, read.ErrorCode, read.Retryable, read.StatusCode));
        Assert.Equal(("at here", "v", "12"), (Assert.Single(read.Backtrace), read.Context!["k"], read.Metadata!["rows"]));
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("""{"success":true,"result":{}}""")]
    public void What_is_no_failure_is_none(string json) => Assert.Null(StepExecutionResultReader.ReadFailure(TestSteps.Utf8(json)));

    [Fact]
    public void A_failure_with_next_to_nothing_is_still_one()
    {
        var read = StepExecutionResultReader.ReadFailure("""{"success":false,"error":{"context":{"n":1}}}"""u8.ToArray())!;

        Assert.Equal(("handler_error", false, "1"), (read.ErrorType, read.Retryable, read.Context!["n"]));
    }
}
