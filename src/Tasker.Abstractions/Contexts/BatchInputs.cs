using System.Text.Json;

namespace Tasker;

/// <summary>The inputs the orchestrator wrote for one batch worker instance (protocol sheet §5.3).</summary>
internal sealed record BatchInputs(BatchCursor Cursor, string? CursorField, bool IsNoOp)
{
    public static BatchInputs Parse(ClaimedStep step)
    {
        if (step.Inputs.IsEmpty)
            throw Invalid(step, "it has no inputs with a cursor");
        try
        {
            using var document = JsonDocument.Parse(step.Inputs);
            var root = document.RootElement;
            var noOp = root.TryGetProperty("is_no_op", out var flag) && flag.ValueKind is JsonValueKind.True;
            if (!root.TryGetProperty("cursor", out var cursor) || cursor.ValueKind is not JsonValueKind.Object)
                throw Invalid(step, "its inputs have no 'cursor' object");

            var field = root.TryGetProperty("batch_metadata", out var metadata)
                && metadata.ValueKind is JsonValueKind.Object
                && metadata.TryGetProperty("cursor_field", out var name) ? name.GetString() : null;
            return new BatchInputs(
                new BatchCursor(cursor.GetProperty("batch_id").GetString() ?? "", Position(cursor, "start_cursor"), Position(cursor, "end_cursor")),
                field,
                noOp);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Invalid(step, "its inputs are malformed: " + exception.Message);
        }
    }

    /// <summary>Whether a step's inputs mark it as the placeholder of an empty plan.</summary>
    public static bool IsPlaceholder(ReadOnlySpan<byte> inputs)
    {
        if (inputs.IsEmpty)
            return false;
        var reader = new Utf8JsonReader(inputs);
        return Json.JsonScan.TryFindMember(ref reader, "is_no_op"u8) && reader.TokenType is JsonTokenType.True;
    }

    private static long Position(JsonElement cursor, string name) =>
        cursor.GetProperty(name) is { ValueKind: JsonValueKind.Number } number
            ? number.GetInt64()
            : throw new FormatException($"'{name}' is not an integer");

    private static ValidationException Invalid(ClaimedStep step, string what) =>
        new($"Step '{step.Name}' cannot run as a batch: {what}. Batch worker steps are created by a batch analyzer.");
}
