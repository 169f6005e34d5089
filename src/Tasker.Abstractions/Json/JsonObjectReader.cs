namespace Tasker.Json;

/// <summary>
/// The members of an object that were read, for generated code to make the object of. A member that did not come has its type's default value. Each kind of
/// value has a method of its own, so that the compiler need not infer a type for every member of every type.
/// </summary>
public readonly ref struct JsonObjectReader
{
    private readonly ReadOnlySpan<JsonMemberValue> _values;

    internal JsonObjectReader(ReadOnlySpan<JsonMemberValue> values) => _values = values;

    /// <summary>Whether the member came.</summary>
    /// <param name="member">Its position among the members of the type's <see cref="JsonObjectCodec{T}"/>.</param>
    public bool Has(int member) => _values[member].IsSet;

    /// <summary>A member that has a codec of its own.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    public T Value<T>(int member) => _values[member].Get<T>();

    /// <summary>A member that is text.</summary>
    public string? String(int member) => _values[member].Get<string?>();

    /// <summary>A member that is a truth value.</summary>
    public bool Boolean(int member) => _values[member].Get<bool>();

    /// <summary>A member that is a number.</summary>
    public byte Byte(int member) => _values[member].Get<byte>();

    /// <summary>A member that is a number.</summary>
    public sbyte SByte(int member) => _values[member].Get<sbyte>();

    /// <summary>A member that is a number.</summary>
    public short Int16(int member) => _values[member].Get<short>();

    /// <summary>A member that is a number.</summary>
    public ushort UInt16(int member) => _values[member].Get<ushort>();

    /// <summary>A member that is a number.</summary>
    public int Int32(int member) => _values[member].Get<int>();

    /// <summary>A member that is a number.</summary>
    public uint UInt32(int member) => _values[member].Get<uint>();

    /// <summary>A member that is a number.</summary>
    public long Int64(int member) => _values[member].Get<long>();

    /// <summary>A member that is a number.</summary>
    public ulong UInt64(int member) => _values[member].Get<ulong>();

    /// <summary>A member that is a number.</summary>
    public float Single(int member) => _values[member].Get<float>();

    /// <summary>A member that is a number.</summary>
    public double Double(int member) => _values[member].Get<double>();

    /// <summary>A member that is a number.</summary>
    public decimal Decimal(int member) => _values[member].Get<decimal>();

    /// <summary>A member that is a date and time.</summary>
    public DateTime DateTime(int member) => _values[member].Get<DateTime>();

    /// <summary>A member that is a date and time with its offset.</summary>
    public DateTimeOffset DateTimeOffset(int member) => _values[member].Get<DateTimeOffset>();

    /// <summary>A member that is a GUID.</summary>
    public Guid Guid(int member) => _values[member].Get<Guid>();
}
