using System.Buffers;
using System.Text.Json;

namespace Tasker.Postgres.Claims;

/// <summary>Turns what other workers stored as a result into what handlers read.</summary>
internal static class AncestorRows
{
    private static readonly byte[] Nothing = "{}"u8.ToArray();

    /// <summary>
    /// Handlers read objects. Workers of other languages may store any value, which is wrapped as this one would have written it; a missing one, or a
    /// stored result that is no object at all, reads as empty, as leniently as tasker-core does (protocol sheet §5.2).
    /// </summary>
    public static ReadOnlyMemory<byte> Result(byte[]? value)
    {
        if (value is null)
            return Nothing;
        var reader = new Utf8JsonReader(value);
        if (!reader.Read() || reader.TokenType is JsonTokenType.Null)
            return Nothing;
        if (reader.TokenType is JsonTokenType.StartObject)
            return value;

        var buffer = new ArrayBufferWriter<byte>(value.Length + 16);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WritePropertyName("result"u8);
            writer.WriteRawValue(value, skipInputValidation: true);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
