using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>Reads and writes the frame of objects and arrays. Called by generated code.</summary>
public static class JsonStructure
{
    /// <summary>As many levels as System.Text.Json reads and writes.</summary>
    internal const int MaxDepth = 64;

    /// <summary>
    /// Moves to the next token. Never inlined: each caller would have its own copy of the reader, kilobytes of code that a step after a pause finds in no cache.
    /// </summary>
    /// <returns><see langword="false"/> at the end of the text.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static bool ReadToken(scoped ref Utf8JsonReader reader) => reader.Read();

    /// <summary>Demands the start of an object.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="typeName">The type's name in messages.</param>
    /// <exception cref="JsonReadException">The value is something else.</exception>
    public static void ReadStartObject(ref Utf8JsonReader reader, string typeName)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
            JsonReadException.Throw(ref reader, $"an object ({typeName})");
    }

    /// <summary>Demands the start of an array.</summary>
    /// <param name="reader">Stands on the value.</param>
    /// <param name="typeName">The type's name in messages.</param>
    /// <exception cref="JsonReadException">The value is something else.</exception>
    public static void ReadStartArray(ref Utf8JsonReader reader, string typeName)
    {
        if (reader.TokenType is not JsonTokenType.StartArray)
            JsonReadException.Throw(ref reader, $"an array ({typeName})");
    }

    /// <summary>Moves to the value of the next member, or to the object's end.</summary>
    /// <returns><see langword="false"/> at the object's end.</returns>
    public static bool ReadMember(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> name)
    {
        ReadToken(ref reader);
        if (reader.TokenType is JsonTokenType.EndObject)
        {
            name = default;
            return false;
        }

        name = reader.ValueIsEscaped || reader.HasValueSequence ? JsonText.UnescapeName(ref reader) : reader.ValueSpan;
        ReadToken(ref reader);
        return true;
    }

    /// <summary>Moves to the value of the next entry of a dictionary, or to the object's end.</summary>
    /// <returns><see langword="false"/> at the object's end.</returns>
    public static bool ReadKey(ref Utf8JsonReader reader, [NotNullWhen(true)] out string? key)
    {
        ReadToken(ref reader);
        if (reader.TokenType is JsonTokenType.EndObject)
        {
            key = null;
            return false;
        }

        key = JsonText.Read(ref reader);
        ReadToken(ref reader);
        return true;
    }

    /// <inheritdoc cref="ReadKey(ref Utf8JsonReader, out string?)"/>
    public static bool ReadKey(ref Utf8JsonReader reader, out int key)
    {
        key = 0;
        if (!ReadKeyText(ref reader, out var text))
            return false;
        if (!Utf8Parser.TryParse(text, out key, out var length) || length != text.Length)
            JsonReadException.Throw(ref reader, "a member name that is an integer that fits int");
        ReadToken(ref reader);
        return true;
    }

    /// <inheritdoc cref="ReadKey(ref Utf8JsonReader, out string?)"/>
    public static bool ReadKey(ref Utf8JsonReader reader, out long key)
    {
        key = 0;
        if (!ReadKeyText(ref reader, out var text))
            return false;
        if (!Utf8Parser.TryParse(text, out key, out var length) || length != text.Length)
            JsonReadException.Throw(ref reader, "a member name that is an integer that fits long");
        ReadToken(ref reader);
        return true;
    }

    /// <inheritdoc cref="ReadKey(ref Utf8JsonReader, out string?)"/>
    public static bool ReadKey(ref Utf8JsonReader reader, out Guid key)
    {
        key = default;
        if (!ReadKeyText(ref reader, out var text))
            return false;
        if (!Utf8Parser.TryParse(text, out key, out var length) || length != text.Length)
            JsonReadException.Throw(ref reader, "a member name that is a GUID");
        ReadToken(ref reader);
        return true;
    }

    /// <summary>Moves to the next element of an array, or to its end.</summary>
    /// <returns><see langword="false"/> at the array's end.</returns>
    public static bool ReadElement(ref Utf8JsonReader reader)
    {
        ReadToken(ref reader);
        return reader.TokenType is not JsonTokenType.EndArray;
    }

    /// <summary>Writes the start of an object.</summary>
    /// <param name="writer">Where to.</param>
    /// <param name="hasScalar">
    /// Whether the object always has a member that is a number, a truth value or the like: System.Text.Json counts it as one more level.
    /// </param>
    /// <exception cref="JsonException">The value nests deeper than 64 levels.</exception>
    public static void WriteStartObject(Utf8JsonWriter writer, bool hasScalar = false)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (writer.CurrentDepth >= (hasScalar ? MaxDepth - 1 : MaxDepth))
            ThrowTooDeep();
        writer.WriteStartObject();
    }

    /// <summary>Writes the start of an array.</summary>
    /// <exception cref="JsonException">The value nests deeper than 64 levels.</exception>
    public static void WriteStartArray(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (writer.CurrentDepth >= MaxDepth)
            ThrowTooDeep();
        writer.WriteStartArray();
    }

    /// <summary>Writes an integer as a member's name.</summary>
    public static void WriteKey(Utf8JsonWriter writer, long key)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[20];
        key.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        writer.WritePropertyName(text[..length]);
    }

    /// <summary>Writes a GUID as a member's name.</summary>
    public static void WriteKey(Utf8JsonWriter writer, Guid key)
    {
        ArgumentNullException.ThrowIfNull(writer);
        Span<byte> text = stackalloc byte[36];
        key.TryFormat(text, out var length);
        writer.WritePropertyName(text[..length]);
    }

    /// <summary>An <c>ImmutableArray</c> that was never set has no JSON.</summary>
    /// <exception cref="InvalidOperationException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowDefaultArray(string typeName) =>
        throw new InvalidOperationException($"An {typeName} was never set and cannot be written as JSON. Set it, to [] when it has no elements.");

    private static bool ReadKeyText(scoped ref Utf8JsonReader reader, out ReadOnlySpan<byte> text)
    {
        ReadToken(ref reader);
        if (reader.TokenType is JsonTokenType.EndObject)
        {
            text = default;
            return false;
        }

        text = reader.ValueIsEscaped || reader.HasValueSequence ? JsonText.Unescape(ref reader) : reader.ValueSpan;
        return true;
    }

    /// <summary>System.Text.Json counts some values as one more level even when they are null: elements that may be objects or arrays, and members that are a JsonElement.</summary>
    /// <exception cref="JsonException">The value nests deeper than 64 levels.</exception>
    public static void BeforeElement(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (writer.CurrentDepth >= MaxDepth)
            ThrowTooDeep();
    }

    [DoesNotReturn]
    internal static void ThrowTooDeep() =>
        throw new JsonException($"The value nests deeper than {MaxDepth} levels, or refers to itself. Pass less at a time, or mark the member that refers back with [JsonIgnore].");
}
