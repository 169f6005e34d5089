using System.Text.Json;

namespace Tasker;

/// <summary>The one place that knows the JSON of batch plans and batch results.</summary>
internal static class BatchOutcomeJson
{
    /// <summary>How many errors of a batch, and of all batches together, an aggregation keeps (worker behaviour §5.3).</summary>
    public const int MaxErrors = 100;

    public static void WritePlan(Utf8JsonWriter writer, BatchPlan plan, string workerTemplate)
    {
        writer.WriteStartObject();
        writer.WriteStartObject("batch_processing_outcome"u8);
        if (plan.Cursors.IsEmpty)
        {
            writer.WriteString("type"u8, "no_batches"u8);
            writer.WriteEndObject();
            writer.WriteString("reason"u8, plan.Reason);
            return;
        }

        writer.WriteString("type"u8, "create_batches"u8);
        writer.WriteString("worker_template_name"u8, workerTemplate);
        writer.WriteNumber("worker_count"u8, plan.Cursors.Length);
        writer.WriteStartArray("cursor_configs"u8);
        foreach (var cursor in plan.Cursors)
            WriteCursor(writer, cursor);
        writer.WriteEndArray();
        writer.WriteNumber("total_items"u8, plan.TotalItems);
        writer.WriteEndObject();
        writer.WriteNumber("worker_count"u8, plan.Cursors.Length);
        writer.WriteNumber("total_items"u8, plan.TotalItems);
    }

    public static void WriteCursor(Utf8JsonWriter writer, BatchCursor cursor)
    {
        writer.WriteStartObject();
        writer.WriteString("batch_id"u8, cursor.BatchId);
        writer.WritePropertyName("start_cursor"u8);
        cursor.StartPosition.WriteTo(writer);
        writer.WritePropertyName("end_cursor"u8);
        cursor.EndPosition.WriteTo(writer);
        writer.WriteNumber("batch_size"u8, cursor.Size);
        writer.WriteEndObject();
    }

    public static void WriteResult(Utf8JsonWriter writer, BatchResult result)
    {
        writer.WriteStartObject();
        writer.WriteNumber("items_processed"u8, result.Processed);
        writer.WriteNumber("items_succeeded"u8, result.Succeeded);
        writer.WriteNumber("items_failed"u8, result.Failed);
        writer.WriteNumber("items_skipped"u8, result.Skipped);
        writer.WritePropertyName("last_cursor"u8);
        if (result.LastCursor is { } last)
            last.WriteTo(writer);
        else
            writer.WriteNullValue();
        writer.WriteStartObject("batch_metadata"u8);
        writer.WriteEndObject();
        if (result.PartialFailure is { } why)
        {
            writer.WriteBoolean("partial_failure"u8, true);
            if (why.Length > 0)
                writer.WriteString("partial_failure_message"u8, why);
        }

        if (!result.Results.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("results"u8);
            foreach (var item in result.Results)
                item.WriteTo(writer);
            writer.WriteEndArray();
        }

        if (!result.Errors.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("errors"u8);
            foreach (var error in result.Errors)
                error.WriteTo(writer);
            writer.WriteEndArray();
        }
    }

    /// <summary>What the workers of other languages return to give their slot back (worker behaviour §3.5).</summary>
    public static void WriteYield(Utf8JsonWriter writer, BatchYield yielded)
    {
        writer.WriteStartObject();
        writer.WriteString("type"u8, "checkpoint_yield"u8);
        writer.WritePropertyName("cursor"u8);
        yielded.Cursor.WriteTo(writer);
        writer.WriteNumber("items_processed"u8, yielded.ItemsProcessed);
        if (!yielded.Record.Accumulated.IsEmpty)
        {
            writer.WritePropertyName("accumulated_results"u8);
            writer.WriteRawValue(yielded.Record.Accumulated.Span, skipInputValidation: true);
        }

        writer.WriteEndObject();
    }

    public static void WriteNoOp(Utf8JsonWriter writer, DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("batch_id"u8, "000"u8);
        writer.WriteBoolean("no_op"u8, true);
        writer.WriteNumber("processed_count"u8, 0);
        writer.WriteString("message"u8, "No batches to process"u8);
        writer.WriteString("processed_at"u8, now);
        writer.WriteEndObject();
    }

    public static bool IsNoOp(ReadOnlySpan<byte> result)
    {
        var reader = new Utf8JsonReader(result);
        return Json.JsonScan.TryFindMember(ref reader, "no_op"u8) && reader.TokenType is JsonTokenType.True;
    }

    /// <summary>
    /// Reads the counts of a worker in any language: flat (Python, Ruby, C#), nested (TypeScript) or under the short names of Rust (worker behaviour
    /// §3). Counts that it left out are 0, except that what succeeded defaults to what was processed.
    /// </summary>
    public static BatchResult<T> Read<T>(string batchId, ReadOnlyMemory<byte> result, T value)
    {
        using var document = JsonDocument.Parse(result);
        var root = document.RootElement;
        if (root.TryGetProperty("batch_worker_outcome"u8, out var nested) && nested.ValueKind is JsonValueKind.Object)
            root = nested;

        var errors = Items(root, "errors"u8);
        return BatchResult.Of(
            value,
            Count(root, "items_processed"u8, "processed"u8) ?? 0,
            Count(root, "items_succeeded"u8, "succeeded"u8),
            Count(root, "items_failed"u8, "failed"u8) ?? 0,
            Count(root, "items_skipped"u8, "skipped"u8) ?? 0) with
        {
            BatchId = batchId,
            LastCursor = root.TryGetProperty("last_cursor"u8, out var last) && last.ValueKind is not JsonValueKind.Null
                ? BatchPosition.FromElement(last)
                : default(BatchPosition?),
            ReportedErrors = errors is { } reported ? reported.GetArrayLength() : 0,
            Errors = errors is { } listed ? [.. listed.EnumerateArray().Take(MaxErrors).Select(BatchError.Read)] : [],
            Results = Items(root, "results"u8) is { } results ? [.. results.EnumerateArray().Select(item => item.Clone())] : [],
            PartialFailure = root.TryGetProperty("partial_failure"u8, out var partial) && partial.ValueKind is JsonValueKind.True
                ? root.TryGetProperty("partial_failure_message"u8, out var why) && why.ValueKind is JsonValueKind.String ? why.GetString() : ""
                : null,
        };
    }

    private static JsonElement? Items(JsonElement root, ReadOnlySpan<byte> name) =>
        root.TryGetProperty(name, out var items) && items.ValueKind is JsonValueKind.Array ? items : null;

    private static long? Count(JsonElement root, ReadOnlySpan<byte> name, ReadOnlySpan<byte> shortName) =>
        (root.TryGetProperty(name, out var count) || root.TryGetProperty(shortName, out count))
            && count.ValueKind is JsonValueKind.Number
            && count.TryGetInt64(out var number)
            && number >= 0 ? number : null;
}
