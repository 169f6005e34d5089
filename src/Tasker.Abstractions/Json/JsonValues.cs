using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Tasker.Json;

/// <summary>
/// Reads and writes values of the base class library, with the rules of System.Text.Json's defaults and errors that say what was
/// expected. Called by generated code. Every <c>Read</c> method throws <see cref="JsonReadException"/> when the value does not fit.
/// </summary>
public static class JsonValues
{
    private static readonly JsonSerializerOptions Options = new();

    /// <summary>Reads a string or null.</summary>
    public static string? ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
            return null;
        Expect(ref reader, JsonTokenType.String, "a string");
        return JsonText.Read(ref reader);
    }

    /// <summary>Reads true or false.</summary>
    public static bool ReadBoolean(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            JsonReadException.Throw(ref reader, "true or false");
        return reader.GetBoolean();
    }

    /// <summary>Reads an unsigned integer of 8 bits.</summary>
    public static byte ReadByte(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetByte(out var value) ? value : Fail<byte>(ref reader, "an integer that fits byte");

    /// <summary>Reads an integer of 8 bits.</summary>
    public static sbyte ReadSByte(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetSByte(out var value) ? value : Fail<sbyte>(ref reader, "an integer that fits sbyte");

    /// <summary>Reads an integer of 16 bits.</summary>
    public static short ReadInt16(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt16(out var value) ? value : Fail<short>(ref reader, "an integer that fits short");

    /// <summary>Reads an unsigned integer of 16 bits.</summary>
    public static ushort ReadUInt16(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetUInt16(out var value) ? value : Fail<ushort>(ref reader, "an integer that fits ushort");

    /// <summary>Reads an integer of 32 bits.</summary>
    public static int ReadInt32(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt32(out var value) ? value : Fail<int>(ref reader, "an integer that fits int");

    /// <summary>Reads an unsigned integer of 32 bits.</summary>
    public static uint ReadUInt32(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetUInt32(out var value) ? value : Fail<uint>(ref reader, "an integer that fits uint");

    /// <summary>Reads an integer of 64 bits.</summary>
    public static long ReadInt64(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetInt64(out var value) ? value : Fail<long>(ref reader, "an integer that fits long");

    /// <summary>Reads an unsigned integer of 64 bits.</summary>
    public static ulong ReadUInt64(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetUInt64(out var value) ? value : Fail<ulong>(ref reader, "an integer that fits ulong");

    /// <summary>Reads an integer of 128 bits.</summary>
    public static Int128 ReadInt128(ref Utf8JsonReader reader) =>
        ReadNumber(ref reader, JsonMetadataServices.Int128Converter, "an integer that fits Int128");

    /// <summary>Reads an unsigned integer of 128 bits.</summary>
    public static UInt128 ReadUInt128(ref Utf8JsonReader reader) =>
        ReadNumber(ref reader, JsonMetadataServices.UInt128Converter, "an integer that fits UInt128");

    /// <summary>Reads a floating-point number of 16 bits.</summary>
    public static Half ReadHalf(ref Utf8JsonReader reader) => ReadNumber(ref reader, JsonMetadataServices.HalfConverter, "a number that fits Half");

    /// <summary>Reads a floating-point number of 32 bits.</summary>
    public static float ReadSingle(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetSingle(out var value) ? value : Fail<float>(ref reader, "a number that fits float");

    /// <summary>Reads a floating-point number of 64 bits.</summary>
    public static double ReadDouble(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetDouble(out var value) ? value : Fail<double>(ref reader, "a number that fits double");

    /// <summary>Reads a decimal number, exactly.</summary>
    public static decimal ReadDecimal(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Number && reader.TryGetDecimal(out var value) ? value : Fail<decimal>(ref reader, "a number that fits decimal");

    /// <summary>Reads a string of one UTF-16 unit.</summary>
    public static char ReadChar(ref Utf8JsonReader reader) => ReadText(ref reader, JsonMetadataServices.CharConverter, "a string of one character");

    /// <summary>Reads an ISO 8601 date and time.</summary>
    public static DateTime ReadDateTime(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.DateTimeConverter, "a date and time such as 2026-01-31T12:30:00Z");

    /// <summary>Reads an ISO 8601 date and time with its offset.</summary>
    public static DateTimeOffset ReadDateTimeOffset(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.DateTimeOffsetConverter, "a date and time such as 2026-01-31T12:30:00+01:00");

    /// <summary>Reads an ISO 8601 date.</summary>
    public static DateOnly ReadDateOnly(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.DateOnlyConverter, "a date such as 2026-01-31");

    /// <summary>Reads a time of day.</summary>
    public static TimeOnly ReadTimeOnly(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.TimeOnlyConverter, "a time such as 12:30:00");

    /// <summary>Reads a duration.</summary>
    public static TimeSpan ReadTimeSpan(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.TimeSpanConverter, "a duration such as 1.12:30:00");

    /// <summary>Reads a GUID with hyphens.</summary>
    public static Guid ReadGuid(ref Utf8JsonReader reader) =>
        ReadText(ref reader, JsonMetadataServices.GuidConverter, "a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301");

    /// <summary>Reads a URI, relative or absolute, or null.</summary>
    public static Uri? ReadUri(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Null ? null : ReadText(ref reader, JsonMetadataServices.UriConverter, "a URI");

    /// <summary>Reads a version, or null.</summary>
    public static Version? ReadVersion(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Null ? null : ReadText(ref reader, JsonMetadataServices.VersionConverter, "a version such as 1.2.3");

    /// <summary>Reads bytes in base64, or null.</summary>
    public static byte[]? ReadBytes(ref Utf8JsonReader reader) =>
        reader.TokenType is JsonTokenType.Null ? null : ReadText(ref reader, JsonMetadataServices.ByteArrayConverter, "bytes in base64");

    /// <summary>Reads bytes in base64; null is empty.</summary>
    public static ReadOnlyMemory<byte> ReadByteMemory(ref Utf8JsonReader reader) => ReadBytes(ref reader);

    /// <summary>Reads any JSON value.</summary>
    public static JsonElement ReadElement(ref Utf8JsonReader reader) => JsonElement.ParseValue(ref reader);


    /// <summary>Writes an integer of 128 bits.</summary>
    public static void WriteInt128(Utf8JsonWriter writer, Int128 value) => JsonMetadataServices.Int128Converter.Write(writer, value, Options);

    /// <summary>Writes an unsigned integer of 128 bits.</summary>
    public static void WriteUInt128(Utf8JsonWriter writer, UInt128 value) => JsonMetadataServices.UInt128Converter.Write(writer, value, Options);

    /// <summary>Writes a floating-point number of 16 bits.</summary>
    public static void WriteHalf(Utf8JsonWriter writer, Half value) => JsonMetadataServices.HalfConverter.Write(writer, value, Options);

    /// <summary>Writes a string of one UTF-16 unit.</summary>
    public static void WriteChar(Utf8JsonWriter writer, char value) => JsonMetadataServices.CharConverter.Write(writer, value, Options);

    /// <summary>Writes an ISO 8601 date.</summary>
    public static void WriteDateOnly(Utf8JsonWriter writer, DateOnly value) => JsonMetadataServices.DateOnlyConverter.Write(writer, value, Options);

    /// <summary>Writes a time of day.</summary>
    public static void WriteTimeOnly(Utf8JsonWriter writer, TimeOnly value) => JsonMetadataServices.TimeOnlyConverter.Write(writer, value, Options);

    /// <summary>Writes a duration.</summary>
    public static void WriteTimeSpan(Utf8JsonWriter writer, TimeSpan value) => JsonMetadataServices.TimeSpanConverter.Write(writer, value, Options);

    /// <summary>Writes a URI as it was given, or null.</summary>
    public static void WriteUri(Utf8JsonWriter writer, Uri? value) => Writer(writer).WriteStringValue(value?.OriginalString);

    /// <summary>Writes a version, or null.</summary>
    public static void WriteVersion(Utf8JsonWriter writer, Version? value) => Writer(writer).WriteStringValue(value?.ToString());

    /// <summary>Writes bytes in base64, or null.</summary>
    public static void WriteBytes(Utf8JsonWriter writer, byte[]? value)
    {
        if (value is null)
            Writer(writer).WriteNullValue();
        else
            Writer(writer).WriteBase64StringValue(value);
    }

    /// <summary>Writes bytes in base64.</summary>
    public static void WriteByteMemory(Utf8JsonWriter writer, ReadOnlyMemory<byte> value) => Writer(writer).WriteBase64StringValue(value.Span);

    /// <summary>Writes any JSON value.</summary>
    public static void WriteElement(Utf8JsonWriter writer, JsonElement value) => value.WriteTo(writer);

    private static Utf8JsonWriter Writer(Utf8JsonWriter writer)
    {
        ArgumentNullException.ThrowIfNull(writer);
        return writer;
    }

    private static T ReadText<T>(ref Utf8JsonReader reader, JsonConverter<T> converter, string expected)
    {
        Expect(ref reader, JsonTokenType.String, expected);
        return Convert(ref reader, converter, expected);
    }

    private static T ReadNumber<T>(ref Utf8JsonReader reader, JsonConverter<T> converter, string expected)
    {
        Expect(ref reader, JsonTokenType.Number, expected);
        return Convert(ref reader, converter, expected);
    }

    /// <summary>The converters of System.Text.Json are the definition of what these types look like.</summary>
    private static T Convert<T>(ref Utf8JsonReader reader, JsonConverter<T> converter, string expected)
    {
        try
        {
            return converter.Read(ref reader, typeof(T), Options)!;
        }
        catch (Exception exception) when (exception is FormatException or InvalidOperationException or OverflowException or JsonException)
        {
            return Fail<T>(ref reader, expected);
        }
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token, string expected)
    {
        if (reader.TokenType != token)
            JsonReadException.Throw(ref reader, expected);
    }

    private static T Fail<T>(ref Utf8JsonReader reader, string expected)
    {
        JsonReadException.Throw(ref reader, expected);
        return default!;
    }
}
