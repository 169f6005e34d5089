using System.Text.Json;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>Writes and reads a journal as the store keeps it: an array of objects, snake_case, and only what is set.</summary>
internal static class JournalJson
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<JournalEntry> entries)
    {
        writer.WriteStartArray();
        foreach (var entry in entries)
        {
            writer.WriteStartObject();
            WriteTime(writer, "at"u8, entry.At);
            writer.WriteString("from"u8, entry.From);
            writer.WriteString("to"u8, entry.To);
            if (entry.Attempt is { } attempt)
                writer.WriteNumber("attempt"u8, attempt);
            if (entry.StartedAt is { } started)
                WriteTime(writer, "started_at"u8, started);
            if (entry.Reason is { } reason)
                writer.WriteString("reason"u8, reason);
            if (entry.By is { } by)
                writer.WriteString("by"u8, by);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    /// <exception cref="FormatException">A time is not one.</exception>
    public static JournalEntry[] Read(ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return [];
        using var document = JsonDocument.Parse(json);
        return Read(document.RootElement);
    }

    /// <exception cref="KeyNotFoundException">A member is missing.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    /// <exception cref="FormatException">A time is not one.</exception>
    public static JournalEntry[] Read(JsonElement entries) =>
        [.. entries.EnumerateArray().Select(entry => new JournalEntry(
            Time(entry.GetProperty("at")),
            entry.GetProperty("from").GetString()!,
            entry.GetProperty("to").GetString()!)
        {
            Attempt = entry.TryGetProperty("attempt", out var attempt) ? attempt.GetInt32() : null,
            StartedAt = entry.TryGetProperty("started_at", out var started) ? Time(started) : null,
            Reason = entry.TryGetProperty("reason", out var reason) ? reason.GetString() : null,
            By = entry.TryGetProperty("by", out var by) ? by.GetString() : null,
        })];

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[StoredTime.Length];
        StoredTime.Format(time, text);
        writer.WriteString(name, text);
    }

    private static DateTimeOffset Time(JsonElement value) => StoredTime.Parse(value.GetString()!);
}
