using System.Text.Json;

namespace Tasker.Json;

/// <summary>What codecs of all types have in common.</summary>
public abstract class JsonCodec
{
    private protected JsonCodec(string typeName, bool isObject)
    {
        TypeName = typeName;
        IsObject = isObject;
    }

    /// <summary>The type's name in messages.</summary>
    public string TypeName { get; }

    /// <summary>Whether values are JSON objects. Others travel between steps as <c>{"result": value}</c>.</summary>
    public bool IsObject { get; }

    /// <summary>Reads one value into an object that is being read.</summary>
    internal abstract void ReadInto(ref Utf8JsonReader reader, ref JsonMemberValue value);
}

/// <summary>
/// Reads and writes a type that crosses a step boundary, straight from and to UTF-8. Generated for the application's types;
/// <see cref="JsonCodecs"/> holds those of the base class library, <see cref="JsonDelegateCodec{T}"/> takes hand-written ones. Immutable, safe to
/// share between threads.
/// </summary>
/// <typeparam name="T">The type.</typeparam>
/// <param name="typeName">The type's name in messages, such as <c>decimal</c> or <c>ApprovalRequest</c>.</param>
/// <param name="isObject">Whether values are JSON objects, so that <see cref="WriteMembers"/> is there.</param>
public abstract class JsonCodec<T>(string typeName, bool isObject) : JsonCodec(typeName, isObject)
{
    /// <summary>Reads one value. On entry the reader stands on the value's first token, on return on its last.</summary>
    /// <exception cref="JsonReadException">The JSON is not what <typeparamref name="T"/> needs.</exception>
    public abstract T Read(ref Utf8JsonReader reader);

    /// <summary>Writes a value.</summary>
    public abstract void Write(Utf8JsonWriter writer, T value);

    /// <summary>Writes an object's members without its braces. The value must not be null.</summary>
    /// <exception cref="NotSupportedException">Values are not JSON objects: see <see cref="JsonCodec.IsObject"/>.</exception>
    public virtual void WriteMembers(Utf8JsonWriter writer, T value) =>
        throw new NotSupportedException($"{TypeName} is no JSON object and has no members. Write the value itself.");

    /// <summary>
    /// Reads what a step returned: an object or an element is the result itself, any other value travels as <c>{"result": value}</c>, and null as <c>{}</c>. So
    /// <c>{}</c> is null for a nullable value type and for what is not an object, but never for an element, which asks for what is there.
    /// </summary>
    /// <exception cref="JsonReadException">The result is not what <typeparamref name="T"/> needs.</exception>
    public T FromResult(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        var isElement = typeof(T) == typeof(JsonElement) || typeof(T) == typeof(JsonElement?);
        if (default(T) is null && !isElement && (typeof(T).IsValueType || !IsObject) && IsEmpty(reader))
            return default!;
        if (IsObject || isElement)
            JsonStructure.ReadToken(ref reader);
        else if (!JsonScan.TryFindMember(ref reader, "result"u8))
            throw new JsonReadException($"a member 'result' with a {TypeName}", "an object without it", 0);
        return Read(ref reader);
    }

    private static bool IsEmpty(Utf8JsonReader reader) =>
        JsonStructure.ReadToken(ref reader) && reader.TokenType is JsonTokenType.StartObject
        && JsonStructure.ReadToken(ref reader) && reader.TokenType is JsonTokenType.EndObject;

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
        JsonStructure.ReadToken(ref reader);
        var value = Read(ref reader);
        if (JsonStructure.ReadToken(ref reader))
            JsonReadException.Throw(ref reader, "the end of the JSON text");
        return value;
    }

    /// <summary>Reads the context of a task.</summary>
    /// <param name="reader">Stands on the value's first token, and on return on its last.</param>
    /// <param name="isComplete">Whether it has all that the context must have; otherwise nothing is returned, and <see cref="FindMissingInput"/> says what is missing.</param>
    /// <exception cref="JsonReadException">The JSON is not what <typeparamref name="T"/> needs.</exception>
    internal virtual T ReadInput(ref Utf8JsonReader reader, out bool isComplete)
    {
        isComplete = true;
        return Read(ref reader);
    }

    /// <summary>The first member that the context of a task must have and <paramref name="json"/> has not, or has as null.</summary>
    internal virtual string? FindMissingInput(ReadOnlySpan<byte> json) => null;

    internal sealed override void ReadInto(ref Utf8JsonReader reader, ref JsonMemberValue value) => value.Set(Read(ref reader));
}
