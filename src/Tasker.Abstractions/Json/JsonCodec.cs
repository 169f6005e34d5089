using System.Text.Json;

namespace Tasker.Json;

/// <summary>Reads one value. On entry the reader stands on the value's first token, on return on its last.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <exception cref="JsonReadException">The JSON is not what <typeparamref name="T"/> needs.</exception>
public delegate T JsonReader<T>(ref Utf8JsonReader reader);

/// <summary>Writes one value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public delegate void JsonWriter<in T>(Utf8JsonWriter writer, T value);

/// <summary>
/// Reads and writes a type that crosses a step boundary, straight from and to UTF-8. Generated for the application's types;
/// <see cref="JsonCodecs"/> holds those of the base class library. Immutable, safe to share between threads.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="typeName">The type's name in messages, such as <c>decimal</c> or <c>ApprovalRequest</c>.</param>
/// <param name="read">Reads a value.</param>
/// <param name="write">Writes a value.</param>
/// <param name="writeMembers">Writes an object's members without its braces; <see langword="null"/> when values are not JSON objects.</param>
public sealed class JsonCodec<T>(string typeName, JsonReader<T> read, JsonWriter<T> write, JsonWriter<T>? writeMembers = null)
{
    /// <summary>The type's name in messages.</summary>
    public string TypeName { get; } = typeName;

    /// <summary>Whether values are JSON objects. Others travel between steps as <c>{"result": value}</c>.</summary>
    public bool IsObject => WriteMembers is not null;

    /// <summary>Reads a value.</summary>
    public JsonReader<T> Read { get; } = read;

    /// <summary>Writes a value.</summary>
    public JsonWriter<T> Write { get; } = write;

    /// <summary>Writes an object's members without its braces; <see langword="null"/> when values are not JSON objects.</summary>
    public JsonWriter<T>? WriteMembers { get; } = writeMembers;

    /// <summary>Writes a value as UTF-8 JSON.</summary>
    public byte[] ToUtf8(T value)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, JsonDefaults.Writer))
            Write(writer, value);
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a value from UTF-8 JSON.</summary>
    /// <exception cref="JsonReadException">The JSON is not what <typeparamref name="T"/> needs.</exception>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public T FromUtf8(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        var value = Read(ref reader);
        if (reader.Read())
            JsonReadException.Throw(ref reader, "the end of the JSON text");
        return value;
    }
}
