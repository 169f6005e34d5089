using System.Globalization;
using System.Text.Json;

namespace Tasker.Wire;

/// <summary>
/// The one writer of the <c>StepExecutionResult</c> that tasker-core's orchestrator decodes strictly (protocol sheet §7.1): snake_case,
/// integer milliseconds, timestamps with a zone, every key present. Stateless, safe to call from many threads at once.
/// </summary>
public static class StepExecutionResultWriter
{
    /// <summary>
    /// Writes a finished attempt. A failure has the status <c>failed</c>, which the orchestrator retries or swallows cleanly, never
    /// <c>error</c>; its delay travels as the header <c>Retry-After</c>, the only place the orchestrator looks (§8.3).
    /// </summary>
    /// <exception cref="InvalidOperationException"><paramref name="outcome"/> holds nothing yet, or a batch that yields, which is not finished.</exception>
    public static void Write(Utf8JsonWriter writer, in StepReport report, StepOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Kind is StepOutcomeKind.None or StepOutcomeKind.Yield)
            throw new InvalidOperationException("The attempt has no outcome yet.");

        var failure = outcome.Failure;
        writer.WriteStartObject();
        writer.WriteString("step_uuid"u8, report.StepId);
        writer.WriteBoolean("success"u8, failure is null);
        writer.WritePropertyName("result"u8);
        writer.WriteRawValue(outcome.Result.Span, skipInputValidation: true);
        WriteMetadata(writer, report, outcome);
        writer.WriteString("status"u8, failure is null ? "completed"u8 : "failed"u8);
        WriteError(writer, failure);
        WriteOrchestrationMetadata(writer, failure);
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, in StepReport report, StepOutcome outcome)
    {
        var failure = outcome.Failure;
        writer.WriteStartObject("metadata"u8);
        writer.WriteNumber("execution_time_ms"u8, (long)report.Duration.TotalMilliseconds);
        writer.WriteNull("handler_version"u8);
        writer.WriteBoolean("retryable"u8, failure is { Retryable: true });
        writer.WriteString("completed_at"u8, report.CompletedAt.ToUniversalTime());
        writer.WriteString("worker_id"u8, report.WorkerId);
        writer.WriteString("worker_hostname"u8, report.WorkerHostname);
        writer.WriteString("started_at"u8, report.StartedAt.ToUniversalTime());
        WriteCustom(writer, report, outcome);
        writer.WriteString("error_code"u8, failure?.ErrorCode);
        writer.WriteString("error_type"u8, failure?.ErrorType);
        WriteContext(writer, failure);
        writer.WriteEndObject();
    }

    /// <summary>The marks that the workers of other languages leave for each kind of handler (worker behaviour §2, §3, §6).</summary>
    private static void WriteCustom(Utf8JsonWriter writer, in StepReport report, StepOutcome outcome)
    {
        writer.WriteStartObject("custom"u8);
        switch (outcome.Kind)
        {
            case StepOutcomeKind.Decision:
                writer.WriteString("decision_handler"u8, report.Callable);
                break;
            case StepOutcomeKind.BatchPlan:
                writer.WriteBoolean("batch_analyzer"u8, true);
                if (outcome.BatchPlan!.Cursors.IsEmpty)
                    writer.WriteBoolean("no_batches"u8, true);
                break;
            case StepOutcomeKind.BatchResult:
                writer.WriteBoolean("batch_worker"u8, true);
                if (outcome.BatchResult is { PartialFailure: not null })
                    writer.WriteBoolean("had_failures"u8, true);
                break;
            case StepOutcomeKind.Failure when outcome.Failure!.Metadata is { } metadata:
                foreach (var (key, value) in metadata)
                    writer.WriteString(key, value);
                break;
        }

        writer.WriteEndObject();
    }

    private static void WriteError(Utf8JsonWriter writer, StepFailure? failure)
    {
        if (failure is null)
        {
            writer.WriteNull("error"u8);
            return;
        }

        writer.WriteStartObject("error"u8);
        writer.WriteString("message"u8, failure.Message);
        writer.WriteString("error_type"u8, failure.ErrorType);
        if (failure.Backtrace.IsDefaultOrEmpty)
        {
            writer.WriteNull("backtrace"u8);
        }
        else
        {
            writer.WriteStartArray("backtrace"u8);
            foreach (var frame in failure.Backtrace)
                writer.WriteStringValue(frame);
            writer.WriteEndArray();
        }

        writer.WriteBoolean("retryable"u8, failure.Retryable);
        if (failure.StatusCode is >= 0 and <= ushort.MaxValue)
            writer.WriteNumber("status_code"u8, failure.StatusCode.Value);
        if (failure.Context is { Count: > 0 })
            WriteContext(writer, failure);
        writer.WriteEndObject();
    }

    private static void WriteContext(Utf8JsonWriter writer, StepFailure? failure)
    {
        writer.WriteStartObject("context"u8);
        if (failure?.Context is { } context)
        {
            foreach (var (key, value) in context)
                writer.WriteString(key, value);
        }

        writer.WriteEndObject();
    }

    /// <summary>Never null: without it the orchestrator stores no backoff, and a retry would be immediate (§8.3).</summary>
    private static void WriteOrchestrationMetadata(Utf8JsonWriter writer, StepFailure? failure)
    {
        writer.WriteStartObject("orchestration_metadata"u8);
        writer.WriteStartObject("headers"u8);
        if (failure?.RetryAfter is { } delay)
            writer.WriteString("Retry-After"u8, ((long)Math.Ceiling(Math.Max(delay.TotalSeconds, 0))).ToString(CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WriteNull("error_context"u8);
        writer.WriteNull("backoff_hint"u8);
        writer.WriteStartObject("custom"u8);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
