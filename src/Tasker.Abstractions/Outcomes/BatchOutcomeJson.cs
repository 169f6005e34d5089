using System.Text.Json;

namespace Tasker;

/// <summary>The one place that knows the JSON of batch plans and batch results.</summary>
internal static class BatchOutcomeJson
{
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
        writer.WriteNumber("start_cursor"u8, cursor.Start);
        writer.WriteNumber("end_cursor"u8, cursor.End);
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
        writer.WriteNull("last_cursor"u8);
        writer.WriteStartObject("batch_metadata"u8);
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

    /// <summary>Counts that a worker in another language left out are 0, except that what succeeded defaults to what was processed.</summary>
    public static BatchResult<T> Read<T>(ReadOnlySpan<byte> result, T value)
    {
        var processed = Count(result, "items_processed"u8) ?? 0;
        return BatchResult.Of(
            value,
            processed,
            Count(result, "items_succeeded"u8),
            Count(result, "items_failed"u8) ?? 0,
            Count(result, "items_skipped"u8) ?? 0);
    }

    private static long? Count(ReadOnlySpan<byte> result, ReadOnlySpan<byte> name)
    {
        var reader = new Utf8JsonReader(result);
        return Json.JsonScan.TryFindMember(ref reader, name)
            && reader.TokenType is JsonTokenType.Number
            && reader.TryGetInt64(out var count)
            && count >= 0 ? count : null;
    }
}
