using System.Buffers;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Events;

/// <summary>When a declared event happens, and what it tells.</summary>
internal static class EventRules
{
    /// <summary>Whether an attempt leads to an event.</summary>
    public static bool Holds(EventCondition condition, ClaimedStep step, StepFailure? failure) => condition switch
    {
        EventCondition.Success => failure is null,
        EventCondition.Failure => failure is not null,
        EventCondition.RetryableFailure => failure is not null && IsTriedAgain(step, failure),
        EventCondition.PermanentFailure => failure is not null && !IsTriedAgain(step, failure),
        _ => true,
    };

    /// <summary>The payload by default.</summary>
    public static byte[] Payload(StepOutcome outcome) => outcome.Failure is { } failure ? Describe(failure) : outcome.Result.ToArray();

    private static bool IsTriedAgain(ClaimedStep step, StepFailure failure) =>
        failure.Retryable && step.Definition.Retry.Retryable && step.Attempts + 1 < step.MaxAttempts;

    private static byte[] Describe(StepFailure failure)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("message"u8, failure.Message);
            writer.WriteString("error_type"u8, failure.ErrorType);
            writer.WriteBoolean("retryable"u8, failure.Retryable);
            if (failure.ErrorCode is { } code)
                writer.WriteString("error_code"u8, code);
            if (failure.StatusCode is { } status)
                writer.WriteNumber("status_code"u8, status);
            if (failure.Context is { Count: > 0 } context)
            {
                writer.WriteStartObject("context"u8);
                foreach (var (key, value) in context)
                    writer.WriteString(key, value);
                writer.WriteEndObject();
            }

            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
