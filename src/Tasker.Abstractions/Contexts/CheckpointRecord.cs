using System.Buffers;
using System.Text.Json;
using Tasker.Json;

namespace Tasker;

/// <summary>A stored checkpoint (protocol sheet §8.6): cursor, counts, what was accumulated, and the cursors before it.</summary>
internal sealed record CheckpointRecord(ReadOnlyMemory<byte> Json, BatchPosition Cursor, long ItemsProcessed, ReadOnlyMemory<byte> Accumulated)
{
    /// <summary>tasker-core's history grows without bound; this many entries are enough to see a batch's pace.</summary>
    private const int MaxHistory = 100;

    /// <summary>A worker may keep counts without a position to continue from.</summary>
    public bool HasCursor => Cursor.IsInt64 || Cursor.Kind is not JsonValueKind.Null;

    private ReadOnlyMemory<byte>[] History { get; init; } = [];

    public static CheckpointRecord? Parse(ClaimedStep step)
    {
        if (step.Checkpoint.IsEmpty)
            return null;
        try
        {
            using var document = JsonDocument.Parse(step.Checkpoint);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("cursor", out var cursor))
                return null;
            return new CheckpointRecord(
                step.Checkpoint,
                BatchPosition.FromElement(cursor),
                root.TryGetProperty("items_processed", out var items) && items.TryGetInt64(out var count) ? count : 0,
                root.TryGetProperty("accumulated_results", out var accumulated) && accumulated.ValueKind is not JsonValueKind.Null
                    ? Raw(accumulated)
                    : ReadOnlyMemory<byte>.Empty)
            {
                History = root.TryGetProperty("history", out var history) && history.ValueKind is JsonValueKind.Array
                    ? [.. history.EnumerateArray().Select(Raw)]
                    : [],
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new ValidationException($"The checkpoint of step '{step.Name}' is malformed: {exception.Message}", exception);
        }
    }

    public static CheckpointRecord Next(
        CheckpointRecord? previous,
        BatchPosition cursor,
        long itemsProcessed,
        ReadOnlyMemory<byte> accumulated,
        DateTimeOffset now)
    {
        var history = new List<ReadOnlyMemory<byte>>(previous?.History ?? []);
        if (history.Count == MaxHistory)
            history.RemoveAt(0);
        history.Add(Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("cursor"u8);
            cursor.WriteTo(writer);
            writer.WriteString("timestamp"u8, now);
            writer.WriteEndObject();
        }));

        var json = Write(writer =>
        {
            writer.WriteStartObject();
            writer.WritePropertyName("cursor"u8);
            cursor.WriteTo(writer);
            writer.WriteNumber("items_processed"u8, itemsProcessed);
            writer.WriteString("timestamp"u8, now);
            writer.WritePropertyName("accumulated_results"u8);
            writer.WriteRawValue(accumulated.IsEmpty ? "null"u8 : accumulated.Span, skipInputValidation: true);
            writer.WriteStartArray("history"u8);
            foreach (var entry in history)
                writer.WriteRawValue(entry.Span, skipInputValidation: true);
            writer.WriteEndArray();
            writer.WriteEndObject();
        });
        return new CheckpointRecord(json, cursor, itemsProcessed, accumulated) { History = [.. history] };
    }

    private static ReadOnlyMemory<byte> Raw(JsonElement element) => System.Text.Encoding.UTF8.GetBytes(element.GetRawText());

    private static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
            write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
