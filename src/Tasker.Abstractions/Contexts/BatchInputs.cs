using System.Text.Json;
using Tasker.Templates;

namespace Tasker;

/// <summary>The inputs the orchestrator wrote for one batch worker instance (protocol sheet §5.3).</summary>
internal sealed record BatchInputs(BatchCursor Cursor, string? CursorField, BatchFailureStrategy FailureStrategy, bool IsNoOp)
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

            var (start, end) = (BatchPosition.FromElement(cursor.GetProperty("start_cursor")), BatchPosition.FromElement(cursor.GetProperty("end_cursor")));
            if (BatchPosition.WhatIsWrongWith(start, end) is { } wrong)
                throw Invalid(step, wrong);
            return new BatchInputs(
                new BatchCursor(cursor.GetProperty("batch_id").GetString() ?? "", start, end, Size(cursor, start, end)),
                Metadata(root, "cursor_field"),
                Metadata(root, "failure_strategy") switch
                {
                    "fail_fast" => BatchFailureStrategy.FailFast,
                    "isolate" => BatchFailureStrategy.Isolate,
                    _ => BatchFailureStrategy.ContinueOnFailure,
                },
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

    private static string? Metadata(JsonElement root, string name) =>
        root.TryGetProperty("batch_metadata", out var metadata)
        && metadata.ValueKind is JsonValueKind.Object
        && metadata.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static long Size(JsonElement cursor, BatchPosition start, BatchPosition end) =>
        start.IsInt64 ? end.ToInt64() - start.ToInt64()
        : cursor.TryGetProperty("batch_size", out var size) && size.TryGetInt64(out var items) ? items
        : 0;

    private static ValidationException Invalid(ClaimedStep step, string what) =>
        new($"Step '{step.Name}' cannot run as a batch: {what}. Batch worker steps are created by a batch analyzer.");
}
