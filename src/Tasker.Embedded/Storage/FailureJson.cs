using System.Collections.Immutable;
using System.Text.Json;

namespace Tasker.Embedded.Storage;

/// <summary>Writes and reads a failure as the store keeps it: snake_case, and only what is set.</summary>
internal static class FailureJson
{
    public static void Write(Utf8JsonWriter writer, StepFailure failure)
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, failure.Message);
        writer.WriteString("error_type"u8, failure.ErrorType);
        writer.WriteBoolean("retryable"u8, failure.Retryable);
        if (failure.ErrorCode is { } code)
            writer.WriteString("error_code"u8, code);
        if (failure.RetryAfter is { } retryAfter)
            writer.WriteNumber("retry_after_seconds"u8, retryAfter.TotalSeconds);
        if (failure.StatusCode is { } status)
            writer.WriteNumber("status_code"u8, status);
        if (!failure.Backtrace.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("backtrace"u8);
            foreach (var frame in failure.Backtrace)
                writer.WriteStringValue(frame);
            writer.WriteEndArray();
        }

        WriteFacts(writer, "context"u8, failure.Context);
        WriteFacts(writer, "metadata"u8, failure.Metadata);
        writer.WriteEndObject();
    }

    private static void WriteFacts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, IReadOnlyDictionary<string, string>? facts)
    {
        if (facts is null)
            return;
        writer.WriteStartObject(name);
        foreach (var (key, value) in facts)
            writer.WriteString(key, value);
        writer.WriteEndObject();
    }

    private static Dictionary<string, string>? ReadFacts(JsonElement root, string name) =>
        root.TryGetProperty(name, out var facts)
            ? facts.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.GetString() ?? "")
            : null;

    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    public static StepFailure Read(JsonElement root) =>
        new()
        {
            Message = root.GetProperty("message").GetString() ?? "",
            ErrorType = root.GetProperty("error_type").GetString() ?? "",
            Retryable = root.GetProperty("retryable").GetBoolean(),
            ErrorCode = root.TryGetProperty("error_code", out var code) ? code.GetString() : null,
            RetryAfter = root.TryGetProperty("retry_after_seconds", out var retryAfter) ? TimeSpan.FromSeconds(retryAfter.GetDouble()) : null,
            StatusCode = root.TryGetProperty("status_code", out var status) ? status.GetInt32() : null,
            Backtrace = root.TryGetProperty("backtrace", out var backtrace)
                ? [.. backtrace.EnumerateArray().Select(frame => frame.GetString() ?? "")]
                : ImmutableArray<string>.Empty,
            Context = ReadFacts(root, "context"),
            Metadata = ReadFacts(root, "metadata"),
        };
}
