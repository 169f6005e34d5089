using System.Text.Json;

namespace Tasker.Wire;

/// <summary>
/// Reads what an earlier attempt stored as its <c>StepExecutionResult</c> (protocol sheet §5.1, §7.1), written by a worker in any language.
/// Stateless, safe to call from many threads at once.
/// </summary>
public static class StepExecutionResultReader
{
    /// <summary>Why an attempt failed.</summary>
    /// <param name="json">The stored result.</param>
    /// <returns>The failure, or <see langword="null"/> when the attempt succeeded or the text is no such result.</returns>
    public static StepFailure? ReadFailure(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return Member(root, "success") is { ValueKind: JsonValueKind.False } ? Read(root) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static StepFailure Read(JsonElement root)
    {
        var (error, metadata) = (Member(root, "error"), Member(root, "metadata"));
        return new StepFailure
        {
            Message = Text(error, "message") ?? "The attempt failed without saying why.",
            ErrorType = Text(error, "error_type") ?? Text(metadata, "error_type") ?? "handler_error",
            ErrorCode = Text(metadata, "error_code"),
            Retryable = (Member(metadata, "retryable") ?? Member(error, "retryable")) is { ValueKind: JsonValueKind.True },
            StatusCode = Member(error, "status_code") is { ValueKind: JsonValueKind.Number } status && status.TryGetInt32(out var code) ? code : null,
            Backtrace = Member(error, "backtrace") is { ValueKind: JsonValueKind.Array } frames
                ? [.. frames.EnumerateArray().Where(frame => frame.ValueKind is JsonValueKind.String).Select(frame => frame.GetString()!)]
                : [],
            Context = Facts(Member(error, "context") ?? Member(metadata, "context")),
            Metadata = Facts(Member(metadata, "custom")),
        };
    }

    private static Dictionary<string, string>? Facts(JsonElement? owner)
    {
        if (owner is not { ValueKind: JsonValueKind.Object } members)
            return null;
        var facts = members.EnumerateObject().ToDictionary(
            member => member.Name,
            member => member.Value.ValueKind is JsonValueKind.String ? member.Value.GetString()! : member.Value.GetRawText());
        return facts.Count == 0 ? null : facts;
    }

    private static string? Text(JsonElement? owner, string name) => Member(owner, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement? Member(JsonElement? owner, string name) =>
        owner is { ValueKind: JsonValueKind.Object } members && members.TryGetProperty(name, out var value) ? value : null;
}
