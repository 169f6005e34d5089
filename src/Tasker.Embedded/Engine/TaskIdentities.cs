using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Embedded.Engine;

/// <summary>
/// Hashes what makes two requests the same (protocol sheet §10.6): template and key, or template and context. Equal contexts have equal hashes
/// whatever the order of their members and the space between them.
/// </summary>
internal static class TaskIdentities
{
    /// <returns>The hash in hexadecimal, or <see langword="null"/> when no other request is the same.</returns>
    public static string? Hash(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options)
    {
        var identity = options.Identity ?? (options.IdempotencyKey is null ? TaskIdentity.AlwaysUnique : TaskIdentity.CallerProvided);
        if (identity is TaskIdentity.AlwaysUnique)
            return null;
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(template.Namespace);
            writer.WriteStringValue(template.Name);
            writer.WriteStringValue(template.Version);
            if (identity is TaskIdentity.CallerProvided)
            {
                writer.WriteStringValue("caller_provided"u8);
                writer.WriteStringValue(options.IdempotencyKey);
            }
            else
            {
                using var document = JsonDocument.Parse(context);
                writer.WriteStringValue("strict"u8);
                WriteSorted(writer, document.RootElement);
            }

            writer.WriteEndArray();
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return Convert.ToHexStringLower(hash);
    }

    private static void WriteSorted(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(member => member.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteSorted(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    WriteSorted(writer, item);
                writer.WriteEndArray();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }
}
