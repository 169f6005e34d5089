using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// Writes members of objects. Called by generated code; each method has a name of its own, so that the compiler need not choose among the many
/// overloads of <see cref="Utf8JsonWriter"/> for every member of every type.
/// </summary>
public static class JsonMembers
{
    /// <summary>Writes a member that is text.</summary>
    public static void WriteString(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value) => writer.WriteString(name, value);

    /// <summary>Writes a member that is a truth value.</summary>
    public static void WriteBoolean(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool value) => writer.WriteBoolean(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteByte(Utf8JsonWriter writer, ReadOnlySpan<byte> name, byte value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteSByte(Utf8JsonWriter writer, ReadOnlySpan<byte> name, sbyte value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteInt16(Utf8JsonWriter writer, ReadOnlySpan<byte> name, short value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteUInt16(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ushort value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteInt32(Utf8JsonWriter writer, ReadOnlySpan<byte> name, int value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteUInt32(Utf8JsonWriter writer, ReadOnlySpan<byte> name, uint value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteInt64(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteUInt64(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ulong value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteSingle(Utf8JsonWriter writer, ReadOnlySpan<byte> name, float value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteDouble(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a number.</summary>
    public static void WriteDecimal(Utf8JsonWriter writer, ReadOnlySpan<byte> name, decimal value) => writer.WriteNumber(name, value);

    /// <summary>Writes a member that is a date and time.</summary>
    public static void WriteDateTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTime value) => writer.WriteString(name, value);

    /// <summary>Writes a member that is a date and time with its offset.</summary>
    public static void WriteDateTimeOffset(Utf8JsonWriter writer, ReadOnlySpan<byte> name, DateTimeOffset value) => writer.WriteString(name, value);

    /// <summary>Writes a member that is a GUID.</summary>
    public static void WriteGuid(Utf8JsonWriter writer, ReadOnlySpan<byte> name, Guid value) => writer.WriteString(name, value);
}
