using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>Writes the request that creates a task (protocol sheet §10.2, §10.7), and refuses what tasker-core would silently change.</summary>
internal static class TaskRequestJson
{
    private const int MaxContextBytes = 1024 * 1024;
    private const int MaxDepth = 10;

    /// <summary>The body of <c>POST /v1/tasks</c>.</summary>
    public static byte[] Write(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, Guid correlationId, DateTimeOffset now) =>
        Written(writer => WriteRequest(writer, template, context, options, correlationId, now));

    /// <summary>The message for the request queue.</summary>
    public static byte[] WriteMessage(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, Guid correlationId, DateTimeOffset now) =>
        Written(writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("request_id"u8, Guid.CreateVersion7());
            writer.WritePropertyName("task_request"u8);
            WriteRequest(writer, template, context, options, correlationId, now);
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("requested_at"u8, now.ToUniversalTime());
            writer.WriteString("requester"u8, options.Initiator);
            writer.WriteString("priority"u8, "Normal"u8);
            writer.WriteStartObject("custom"u8);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    /// <summary>
    /// tasker-core drops members called <c>script</c>, <c>eval</c> or <c>function</c> and all that begin with <c>on</c>, without a word; a handler would
    /// then miss an input that the caller did send. So such a context is not sent.
    /// </summary>
    /// <exception cref="ValidationException">The context has such a member, or is larger or deeper than tasker-core takes.</exception>
    public static void CheckContext(TaskTemplate template, ReadOnlySpan<byte> context)
    {
        if (context.Length > MaxContextBytes)
            throw new ValidationException($"The context of a task of template '{template}' has {context.Length} bytes; tasker-core takes at most {MaxContextBytes}.");
        var reader = new Utf8JsonReader(context);
        while (reader.Read())
        {
            if (reader.CurrentDepth > MaxDepth)
                throw new ValidationException($"The context of a task of template '{template}' is nested more than {MaxDepth} levels deep, which tasker-core does not take.");
            if (reader.TokenType is JsonTokenType.PropertyName && IsDropped(reader.GetString()!))
            {
                throw new ValidationException(
                    $"The context of a task of template '{template}' has a member '{reader.GetString()}', which tasker-core would drop without a word: " +
                    "names that begin with 'on', and 'script', 'eval' and 'function', are not kept. Give it another name.");
            }
        }
    }

    private static bool IsDropped(string name) =>
        name.StartsWith("on", StringComparison.OrdinalIgnoreCase)
        || name.Equals("script", StringComparison.OrdinalIgnoreCase)
        || name.Equals("eval", StringComparison.OrdinalIgnoreCase)
        || name.Equals("function", StringComparison.OrdinalIgnoreCase);

    private static void WriteRequest(
        Utf8JsonWriter writer,
        TaskTemplate template,
        ReadOnlyMemory<byte> context,
        StartOptions options,
        Guid correlationId,
        DateTimeOffset now)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, template.Name);
        writer.WriteString("namespace"u8, template.Namespace);
        writer.WriteString("version"u8, template.Version);
        writer.WritePropertyName("context"u8);
        writer.WriteRawValue(context.Span);
        writer.WriteString("initiator"u8, options.Initiator);
        writer.WriteString("source_system"u8, options.SourceSystem);
        writer.WriteString("reason"u8, options.Reason);
        writer.WriteStartArray("tags"u8);
        foreach (var tag in options.Tags.IsDefault ? [] : options.Tags)
            writer.WriteStringValue(tag);
        writer.WriteEndArray();
        writer.WriteString("requested_at"u8, now.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffff", CultureInfo.InvariantCulture));
        writer.WriteNull("options"u8);
        writer.WriteNumber("priority"u8, options.Priority);
        writer.WriteString("correlation_id"u8, correlationId);
        if (options.ParentCorrelationId is { } parent)
            writer.WriteString("parent_correlation_id"u8, parent);
        else
            writer.WriteNull("parent_correlation_id"u8);
        writer.WriteString("idempotency_key"u8, options.IdempotencyKey);
        writer.WriteEndObject();
    }

    private static byte[] Written(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var writer = new Utf8JsonWriter(buffer))
            write(writer);
        return buffer.WrittenSpan.ToArray();
    }
}
