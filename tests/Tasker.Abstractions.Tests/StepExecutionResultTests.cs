using System.Buffers;
using System.Text;
using System.Text.Json;
using Tasker.Wire;

namespace Tasker.Tests;

/// <summary>What tasker-core's orchestrator decodes strictly, key for key (protocol sheet §7.1).</summary>
public sealed class StepExecutionResultTests
{
    private static readonly StepReport Report = new(
        new Guid("0199d0a0-0000-7000-8000-000000000001"),
        "charge",
        new DateTimeOffset(2026, 1, 1, 2, 0, 0, TimeSpan.FromHours(2)),
        new DateTimeOffset(2026, 1, 1, 0, 0, 0, 12, TimeSpan.Zero),
        TimeSpan.FromMilliseconds(12.9));

    [Fact]
    public void A_success_has_every_key()
    {
        using var outcome = new StepOutcome();
        outcome.BeginValue().WriteNumberValue(5);
        outcome.End();

        Assert.Equal(
            """
            {"step_uuid":"0199d0a0-0000-7000-8000-000000000001","success":true,"result":{"result":5},
            "metadata":{"execution_time_ms":12,"handler_version":null,"retryable":false,"completed_at":"2026-01-01T00:00:00.012+00:00",
            "worker_id":null,"worker_hostname":null,"started_at":"2026-01-01T00:00:00+00:00","custom":{},"error_code":null,"error_type":null,"context":{}},
            "status":"completed","error":null,
            "orchestration_metadata":{"headers":{},"error_context":null,"backoff_hint":null,"custom":{}}}
            """.ReplaceLineEndings(""),
            Write(outcome));
    }

    [Fact]
    public void A_failure_is_failed_and_carries_its_delay_as_a_header()
    {
        using var outcome = new StepOutcome();
        outcome.SetFailure(new StepFailure
        {
            Message = "slow down",
            ErrorType = "rate_limited",
            ErrorCode = "RL",
            Retryable = true,
            RetryAfter = TimeSpan.FromSeconds(8.2),
            StatusCode = 429,
            Backtrace = ["at A", "at B"],
            Context = new Dictionary<string, string> { ["url"] = "/x" },
        });

        Assert.Equal(
            """
            {"step_uuid":"0199d0a0-0000-7000-8000-000000000001","success":false,"result":{},
            "metadata":{"execution_time_ms":12,"handler_version":null,"retryable":true,"completed_at":"2026-01-01T00:00:00.012+00:00",
            "worker_id":null,"worker_hostname":null,"started_at":"2026-01-01T00:00:00+00:00","custom":{},"error_code":"RL","error_type":"rate_limited","context":{"url":"/x"}},
            "status":"failed",
            "error":{"message":"slow down","error_type":"rate_limited","backtrace":["at A","at B"],"retryable":true,"status_code":429,"context":{"url":"/x"}},
            "orchestration_metadata":{"headers":{"Retry-After":"9"},"error_context":null,"backoff_hint":null,"custom":{}}}
            """.ReplaceLineEndings(""),
            Write(outcome));
    }

    [Fact]
    public void What_is_not_known_is_left_out_of_the_error_where_the_reader_allows_it()
    {
        using var outcome = new StepOutcome();
        outcome.SetFailure(StepResult.Failure("broken", retryable: false));

        using var document = JsonDocument.Parse(Write(outcome));
        Assert.Equal(
            ["message", "error_type", "backtrace", "retryable"],
            document.RootElement.GetProperty("error").EnumerateObject().Select(member => member.Name));
    }

    [Fact]
    public void Each_kind_of_handler_leaves_its_mark()
    {
        Assert.Equal("""{"decision_handler":"charge"}""", Custom(outcome => outcome.BeginDecision(Decision.Route("a"))));
        Assert.Equal("""{"batch_analyzer":true}""", Custom(outcome => outcome.BeginBatchPlan(BatchPlan.ForItems(1, 1), "w")));
        Assert.Equal("""{"batch_analyzer":true,"no_batches":true}""", Custom(outcome => outcome.BeginBatchPlan(BatchPlan.Empty("none"), "w")));
        Assert.Equal("""{"batch_worker":true}""", Custom(outcome => outcome.BeginBatchResult(BatchResult.Of(1))));
    }

    [Fact]
    public void An_attempt_without_an_outcome_is_refused()
    {
        using var outcome = new StepOutcome();

        Assert.Throws<InvalidOperationException>(() => Write(outcome));
    }

    private static string Custom(Action<StepOutcome> begin)
    {
        using var outcome = new StepOutcome();
        begin(outcome);
        outcome.End();
        using var document = JsonDocument.Parse(Write(outcome));
        return document.RootElement.GetProperty("metadata").GetProperty("custom").GetRawText();
    }

    private static string Write(StepOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
            StepExecutionResultWriter.Write(writer, Report, outcome);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
