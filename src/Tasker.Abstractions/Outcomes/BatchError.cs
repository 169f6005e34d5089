using System.Text.Json;

namespace Tasker;

/// <summary>An item of a batch that failed while the batch itself went on.</summary>
/// <param name="Message">What went wrong.</param>
public sealed record BatchError(string Message)
{
    /// <summary>Which item: its position, its key, or whatever names it.</summary>
    public BatchPosition? Item { get; init; }

    /// <summary>The stable name of the kind of error, in snake_case.</summary>
    public string? ErrorType { get; init; }

    /// <summary>Workers in other languages report errors as any JSON; what has no <c>error</c> or <c>message</c> is its own message.</summary>
    internal static BatchError Read(JsonElement error)
    {
        if (error.ValueKind is JsonValueKind.String)
            return new BatchError(error.GetString()!);
        if (error.ValueKind is not JsonValueKind.Object)
            return new BatchError(error.GetRawText());
        return new BatchError(Text(error, "error") ?? Text(error, "message") ?? error.GetRawText())
        {
            Item = Find(error, "item") ?? Find(error, "id"),
            ErrorType = Text(error, "error_type"),
        };
    }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (Item is { } item)
        {
            writer.WritePropertyName("item"u8);
            item.WriteTo(writer);
        }

        writer.WriteString("error"u8, Message);
        if (ErrorType is not null)
            writer.WriteString("error_type"u8, ErrorType);
        writer.WriteEndObject();
    }

    private static string? Text(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;

    private static BatchPosition? Find(JsonElement error, string name) =>
        error.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? BatchPosition.FromElement(value) : default(BatchPosition?);
}
