using System.Text.Json;
using Tasker.Json;

namespace Tasker.Tests;

public sealed class BatchContextTests
{
    private const string Inputs =
        """{"cursor":{"batch_id":"002","start_cursor":200,"end_cursor":400,"batch_size":200},"batch_metadata":{"cursor_field":"row_number","failure_strategy":"continue_on_failure"},"is_no_op":false}""";

    [Fact]
    public void A_batch_is_read_from_the_steps_inputs()
    {
        var batch = new BatchContext(TestSteps.Context(TestSteps.Claimed(inputs: Inputs, definition: TestSteps.Worker)));

        Assert.Equal(("002", 200L, 400L, 200L), (batch.BatchId, batch.Start, batch.End, batch.Size));
        Assert.Equal("row_number", batch.CursorField);
        Assert.False(batch.HasCheckpoint);
        Assert.Equal(200, batch.Resume(batch.Start));
    }

    [Fact]
    public async Task A_checkpoint_is_kept_in_the_stored_shape_and_resumed_from()
    {
        var sink = new RecordedCheckpoints();
        var batch = new BatchContext<long>(TestSteps.Context(TestSteps.Claimed(inputs: Inputs, definition: TestSteps.Worker), sink), JsonCodecs.Int64);

        await batch.CheckpointAsync(250, 50, 1234, TestContext.Current.CancellationToken);
        await batch.CheckpointAsync(300, 100, 5678, TestContext.Current.CancellationToken);

        using (var stored = JsonDocument.Parse(sink.Saved[1]))
        {
            var root = stored.RootElement;
            Assert.Equal(["cursor", "items_processed", "timestamp", "accumulated_results", "history"], root.EnumerateObject().Select(p => p.Name));
            Assert.Equal(300, root.GetProperty("cursor").GetInt64());
            Assert.Equal([250L, 300L], root.GetProperty("history").EnumerateArray().Select(h => h.GetProperty("cursor").GetInt64()));
        }

        var resumed = new BatchContext<long>(
            TestSteps.Context(TestSteps.Claimed(inputs: Inputs, checkpoint: sink.Saved[1], definition: TestSteps.Worker)), JsonCodecs.Int64);
        Assert.True(resumed.HasCheckpoint);
        Assert.Equal(300, resumed.Resume(resumed.Start));
        Assert.Equal(100, resumed.CheckpointItemsProcessed);
        Assert.Equal(5678, resumed.Accumulated(0));
    }

    [Fact]
    public void A_checkpoint_of_a_worker_in_another_language_resumes_too()
    {
        var batch = new BatchContext(TestSteps.Context(TestSteps.Claimed(
            inputs: Inputs,
            checkpoint: """{"cursor":210,"items_processed":10,"timestamp":"2026-01-01T00:00:00Z","accumulated_results":null,"history":[]}""",
            definition: TestSteps.Worker)));

        Assert.Equal(210, batch.Resume(batch.Start));
    }

    [Fact]
    public void A_cursor_that_is_not_an_integer_is_refused_by_name()
    {
        var batch = new BatchContext(TestSteps.Context(TestSteps.Claimed(
            inputs: Inputs, checkpoint: """{"cursor":"abc","items_processed":1}""", definition: TestSteps.Worker)));

        Assert.Equal(
            "The checkpoint of batch step 'work' is \"abc\", which is not an integer; use Resume(BatchPosition).",
            Assert.Throws<ValidationException>(() => batch.Resume(0)).Message);
        Assert.Equal("abc", batch.Resume((BatchPosition)"").Read(JsonCodecs.String));
    }

    [Fact]
    public void A_batch_of_keys_has_positions_but_no_integers()
    {
        var batch = new BatchContext(TestSteps.Context(TestSteps.Claimed(
            inputs: """{"cursor":{"batch_id":"001","start_cursor":{"k":"a"},"end_cursor":{"k":"b"},"batch_size":7},"batch_metadata":{"failure_strategy":"isolate"},"is_no_op":true}""",
            definition: TestSteps.Worker)));

        Assert.Equal(("""{"k":"a"}""", """{"k":"b"}""", 7L), (batch.StartPosition.ToString(), batch.EndPosition.ToString(), batch.Size));
        Assert.Equal((Templates.BatchFailureStrategy.Isolate, true), (batch.FailureStrategy, batch.IsPlaceholder));
        Assert.Equal(
            "The start of batch step 'work' is {\"k\":\"a\"}, which is not an integer; use StartPosition.",
            Assert.Throws<ValidationException>(() => batch.Start).Message);
    }

    [Fact]
    public void Counts_without_a_position_begin_at_the_start_again()
    {
        var batch = new BatchContext<long>(
            TestSteps.Context(TestSteps.Claimed(inputs: Inputs, checkpoint: """{"cursor":null,"items_processed":3,"accumulated_results":9}""", definition: TestSteps.Worker)),
            JsonCodecs.Int64);

        Assert.Equal((200L, 3L, 9L), (batch.Resume(batch.Start), batch.CheckpointItemsProcessed, batch.Accumulated(0)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"cursor":7}""")]
    [InlineData("""{"cursor":{"batch_id":"001"}}""")]
    [InlineData("""{"cursor":{"batch_id":"001","start_cursor":"a","end_cursor":2,"batch_size":1}}""")]
    [InlineData("""{"cursor":{"batch_id":"001","start_cursor":5,"end_cursor":2,"batch_size":1}}""")]
    [InlineData("""{"cursor":{"batch_id":1,"start_cursor":1,"end_cursor":2,"batch_size":1}}""")]
    [InlineData("[1]")]
    [InlineData("{")]
    public void Broken_inputs_are_a_validation_failure_that_names_the_step(string inputs) =>
        Assert.StartsWith(
            "Step 'work' cannot run as a batch:",
            Assert.Throws<ValidationException>(
                () => new BatchContext(TestSteps.Context(TestSteps.Claimed(inputs: inputs, definition: TestSteps.Worker)))).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("", false)]
    [InlineData("{}", false)]
    [InlineData("""{"is_no_op":false}""", false)]
    [InlineData("""{"is_no_op":true}""", true)]
    public void A_placeholder_is_recognised(string inputs, bool expected) =>
        Assert.Equal(expected, TestSteps.Claimed(inputs: inputs).IsPlaceholderBatch);
}
