using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>Writes the request that creates a task (protocol sheet §10.2, §10.7), and refuses what tasker-core would silently change.</summary>
internal static class TaskRequestJson
{
    private const int MaxContextBytes = 1024 * 1024;
    private const int MaxDepth = 10;
    private const int MaxMembers = 1000;
    private const int MaxTextBytes = 10_000;

    /// <summary>Texts that tasker-core replaces by others, or by nothing.</summary>
    private static readonly string[] Rewritten = ["<script>", "</script>", "javascript:", "data:text/html"];

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
    /// tasker-core rewrites some texts, and drops members called <c>script</c>, <c>eval</c> or <c>function</c> and all that begin with <c>on</c>, without a word; a handler would
    /// then miss an input that the caller did send. So such a context is not sent.
    /// </summary>
    /// <exception cref="ValidationException">The context has such a member or text, or is larger or deeper than tasker-core takes.</exception>
    public static void CheckContext(TaskTemplate template, ReadOnlySpan<byte> context)
    {
        if (context.Length > MaxContextBytes)
            throw Refused($"has {context.Length} bytes; tasker-core takes at most {MaxContextBytes}");
        var reader = new Utf8JsonReader(context);
        Span<int> members = stackalloc int[MaxDepth + 1];
        Span<bool> isList = stackalloc bool[MaxDepth + 1];
        while (reader.Read())
        {
            var depth = reader.CurrentDepth;
            if (depth > MaxDepth)
                throw Refused($"is nested more than {MaxDepth} levels deep, which tasker-core does not take");
            if (reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray)
                continue;
            if (reader.TokenType is JsonTokenType.PropertyName or JsonTokenType.String)
                CheckText(reader.TokenType, reader.GetString()!);
            if ((reader.TokenType is JsonTokenType.PropertyName || isList[depth]) && ++members[depth] > MaxMembers)
                throw Refused($"has a list or an object with more than {MaxMembers} members, which tasker-core does not take");
            if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && depth < MaxDepth)
                (members[depth + 1], isList[depth + 1]) = (0, reader.TokenType is JsonTokenType.StartArray);
        }

        void CheckText(JsonTokenType type, string text)
        {
            if (text.Length > MaxTextBytes / 4 && Encoding.UTF8.GetByteCount(text) > MaxTextBytes)
                throw Refused($"has a text of {Encoding.UTF8.GetByteCount(text)} bytes; tasker-core takes at most {MaxTextBytes}");
            if (type is JsonTokenType.PropertyName && IsDropped(text))
            {
                throw Refused($"has a member '{text}', which tasker-core would drop without a word: names that begin with 'on', and 'script', 'eval' and 'function', " +
                    "are not kept. Give it another name");
            }

            if (type is JsonTokenType.String && Array.Find(Rewritten, one => text.Contains(one, StringComparison.Ordinal)) is { } rewritten)
                throw Refused($"has a text with '{rewritten}', which tasker-core would change without a word. Send it encoded, such as in Base64");
        }

        ValidationException Refused(string what) => new($"The context of a task of template '{template}' {what}.");
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
