using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// Writes the members of an object for generated code. Each kind of value has a method of its own, so that the compiler need not choose among the many
/// overloads of <see cref="Utf8JsonWriter"/> for every member of every type. Members are named by their position among those of the type's <see cref="JsonObjectCodec{T}"/>.
/// </summary>
public readonly ref struct JsonObjectWriter
{
    private readonly Utf8JsonWriter _writer;
    private readonly JsonMember[] _members;
    private readonly JsonCodec?[] _codecs;

    internal JsonObjectWriter(Utf8JsonWriter writer, JsonMember[] members, JsonCodec?[] codecs)
    {
        _writer = writer;
        _members = members;
        _codecs = codecs;
    }

    /// <summary>Writes a member that has a codec of its own.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    public void Value<T>(int member, T value)
    {
        // System.Text.Json counts an element as one more level, unless there is none.
        if (typeof(T) == typeof(JsonElement?) && value is not null)
            JsonStructure.BeforeElement(_writer);
        Write(member, value);
    }

    /// <summary>Writes a member that has a codec of its own, but not null.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    public void ValueUnlessNull<T>(int member, T value)
    {
        if (value is not null)
            Value(member, value);
    }

    /// <summary>Writes a member that has a codec of its own, but not its type's default value.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    public void ValueUnlessDefault<T>(int member, T value)
    {
        if (EqualityComparer<T>.Default.Equals(value, default))
            return;
        if (typeof(T) == typeof(JsonElement))
            JsonStructure.BeforeElement(_writer);
        Write(member, value);
    }

    /// <summary>Writes a member that is text.</summary>
    public void String(int member, string? value) => _writer.WriteString(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a truth value.</summary>
    public void Boolean(int member, bool value) => _writer.WriteBoolean(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Byte(int member, byte value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void SByte(int member, sbyte value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Int16(int member, short value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void UInt16(int member, ushort value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Int32(int member, int value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void UInt32(int member, uint value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Int64(int member, long value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void UInt64(int member, ulong value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Single(int member, float value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Double(int member, double value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a number.</summary>
    public void Decimal(int member, decimal value) => _writer.WriteNumber(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a date and time.</summary>
    public void DateTime(int member, DateTime value) => _writer.WriteString(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a date and time with its offset.</summary>
    public void DateTimeOffset(int member, DateTimeOffset value) => _writer.WriteString(_members[member].Utf8Name, value);

    /// <summary>Writes a member that is a GUID.</summary>
    public void Guid(int member, Guid value) => _writer.WriteString(_members[member].Utf8Name, value);

    private void Write<T>(int member, T value)
    {
        _writer.WritePropertyName(_members[member].Utf8Name);
        ((JsonCodec<T>)_codecs[member]!).Write(_writer, value);
    }
}
