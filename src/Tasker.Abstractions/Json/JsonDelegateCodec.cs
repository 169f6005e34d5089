using System.Text.Json;

namespace Tasker.Json;

/// <summary>Reads one value. On entry the reader stands on the value's first token, on return on its last.</summary>
/// <typeparam name="T">The value's type.</typeparam>
/// <exception cref="JsonReadException">The JSON is not what <typeparamref name="T"/> needs.</exception>
public delegate T JsonReader<T>(ref Utf8JsonReader reader);

/// <summary>Writes one value.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public delegate void JsonWriter<in T>(Utf8JsonWriter writer, T value);

/// <summary>A codec whose parts are written by hand.</summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="typeName">The type's name in messages.</param>
/// <param name="read">Reads a value.</param>
/// <param name="write">Writes a value.</param>
/// <param name="writeMembers">Writes an object's members without its braces; <see langword="null"/> when values are not JSON objects.</param>
public sealed class JsonDelegateCodec<T>(string typeName, JsonReader<T> read, JsonWriter<T> write, JsonWriter<T>? writeMembers = null)
    : JsonCodec<T>(typeName, writeMembers is not null)
{
    /// <inheritdoc/>
    public override T Read(ref Utf8JsonReader reader) => read(ref reader);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, T value) => write(writer, value);

    /// <inheritdoc/>
    public override void WriteMembers(Utf8JsonWriter writer, T value)
    {
        if (writeMembers is null)
            base.WriteMembers(writer, value);
        else
            writeMembers(writer, value);
    }
}
