using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// The codecs of base class library types. Called by generated code. Each is created when it is first used, so that a trimmed program holds only its own.
/// </summary>
public static class JsonCodecs
{
    /// <summary>Text; may be null.</summary>
    public static JsonCodec<string?> String => field ??= new JsonDelegateCodec<string?>("string", JsonValues.ReadString, static (w, v) => w.WriteStringValue(v));

    /// <summary>True or false.</summary>
    public static JsonCodec<bool> Boolean => field ??= new JsonDelegateCodec<bool>("bool", JsonValues.ReadBoolean, static (w, v) => w.WriteBooleanValue(v));

    /// <summary>An unsigned integer of 8 bits.</summary>
    public static JsonCodec<byte> Byte => field ??= new JsonDelegateCodec<byte>("byte", JsonValues.ReadByte, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 8 bits.</summary>
    public static JsonCodec<sbyte> SByte => field ??= new JsonDelegateCodec<sbyte>("sbyte", JsonValues.ReadSByte, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 16 bits.</summary>
    public static JsonCodec<short> Int16 => field ??= new JsonDelegateCodec<short>("short", JsonValues.ReadInt16, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An unsigned integer of 16 bits.</summary>
    public static JsonCodec<ushort> UInt16 => field ??= new JsonDelegateCodec<ushort>("ushort", JsonValues.ReadUInt16, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 32 bits.</summary>
    public static JsonCodec<int> Int32 => field ??= new JsonDelegateCodec<int>("int", JsonValues.ReadInt32, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An unsigned integer of 32 bits.</summary>
    public static JsonCodec<uint> UInt32 => field ??= new JsonDelegateCodec<uint>("uint", JsonValues.ReadUInt32, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 64 bits.</summary>
    public static JsonCodec<long> Int64 => field ??= new JsonDelegateCodec<long>("long", JsonValues.ReadInt64, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An unsigned integer of 64 bits.</summary>
    public static JsonCodec<ulong> UInt64 => field ??= new JsonDelegateCodec<ulong>("ulong", JsonValues.ReadUInt64, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 128 bits.</summary>
    public static JsonCodec<Int128> Int128 => field ??= new JsonDelegateCodec<Int128>("Int128", JsonValues.ReadInt128, JsonValues.WriteInt128);

    /// <summary>An unsigned integer of 128 bits.</summary>
    public static JsonCodec<UInt128> UInt128 => field ??= new JsonDelegateCodec<UInt128>("UInt128", JsonValues.ReadUInt128, JsonValues.WriteUInt128);

    /// <summary>A floating-point number of 16 bits.</summary>
    public static JsonCodec<Half> Half => field ??= new JsonDelegateCodec<Half>("Half", JsonValues.ReadHalf, JsonValues.WriteHalf);

    /// <summary>A floating-point number of 32 bits.</summary>
    public static JsonCodec<float> Single => field ??= new JsonDelegateCodec<float>("float", JsonValues.ReadSingle, static (w, v) => w.WriteNumberValue(v));

    /// <summary>A floating-point number of 64 bits.</summary>
    public static JsonCodec<double> Double => field ??= new JsonDelegateCodec<double>("double", JsonValues.ReadDouble, static (w, v) => w.WriteNumberValue(v));

    /// <summary>A decimal number.</summary>
    public static JsonCodec<decimal> Decimal => field ??= new JsonDelegateCodec<decimal>("decimal", JsonValues.ReadDecimal, static (w, v) => w.WriteNumberValue(v));

    /// <summary>A string of one UTF-16 unit.</summary>
    public static JsonCodec<char> Char => field ??= new JsonDelegateCodec<char>("char", JsonValues.ReadChar, JsonValues.WriteChar);

    /// <summary>An ISO 8601 date and time.</summary>
    public static JsonCodec<DateTime> DateTime => field ??= new JsonDelegateCodec<DateTime>("DateTime", JsonValues.ReadDateTime, static (w, v) => w.WriteStringValue(v));

    /// <summary>An ISO 8601 date and time with its offset.</summary>
    public static JsonCodec<DateTimeOffset> DateTimeOffset => field ??= new JsonDelegateCodec<DateTimeOffset>("DateTimeOffset", JsonValues.ReadDateTimeOffset, static (w, v) => w.WriteStringValue(v));

    /// <summary>An ISO 8601 date.</summary>
    public static JsonCodec<DateOnly> DateOnly => field ??= new JsonDelegateCodec<DateOnly>("DateOnly", JsonValues.ReadDateOnly, JsonValues.WriteDateOnly);

    /// <summary>A time of day.</summary>
    public static JsonCodec<TimeOnly> TimeOnly => field ??= new JsonDelegateCodec<TimeOnly>("TimeOnly", JsonValues.ReadTimeOnly, JsonValues.WriteTimeOnly);

    /// <summary>A duration.</summary>
    public static JsonCodec<TimeSpan> TimeSpan => field ??= new JsonDelegateCodec<TimeSpan>("TimeSpan", JsonValues.ReadTimeSpan, JsonValues.WriteTimeSpan);

    /// <summary>A GUID.</summary>
    public static JsonCodec<Guid> Guid => field ??= new JsonDelegateCodec<Guid>("Guid", JsonValues.ReadGuid, static (w, v) => w.WriteStringValue(v));

    /// <summary>A URI; may be null.</summary>
    public static JsonCodec<Uri?> Uri => field ??= new JsonDelegateCodec<Uri?>("Uri", JsonValues.ReadUri, JsonValues.WriteUri);

    /// <summary>A version; may be null.</summary>
    public static JsonCodec<Version?> Version => field ??= new JsonDelegateCodec<Version?>("Version", JsonValues.ReadVersion, JsonValues.WriteVersion);

    /// <summary>Bytes in base64; may be null.</summary>
    public static JsonCodec<byte[]?> Bytes => field ??= new JsonDelegateCodec<byte[]?>("byte[]", JsonValues.ReadBytes, JsonValues.WriteBytes);

    /// <summary>Bytes in base64.</summary>
    public static JsonCodec<ReadOnlyMemory<byte>> ByteMemory => field ??= new JsonDelegateCodec<ReadOnlyMemory<byte>>("bytes", JsonValues.ReadByteMemory, JsonValues.WriteByteMemory);

    /// <summary>Any JSON value.</summary>
    public static JsonCodec<JsonElement> Element => field ??= new JsonDelegateCodec<JsonElement>("JSON", JsonValues.ReadElement, JsonValues.WriteElement);

    /// <summary>A value or null. Creates a codec at each call; keep it.</summary>
    /// <typeparam name="T">The value's type.</typeparam>
    public static JsonCodec<T?> Nullable<T>(JsonCodec<T> codec)
        where T : struct
    {
        ArgumentNullException.ThrowIfNull(codec);
        return new JsonDelegateCodec<T?>(
            codec.TypeName + "?",
            (ref reader) => reader.TokenType is JsonTokenType.Null ? null : codec.Read(ref reader),
            (writer, value) =>
            {
                if (value is { } some)
                    codec.Write(writer, some);
                else
                    writer.WriteNullValue();
            },
            codec.IsObject ? (writer, value) => codec.WriteMembers(writer, value!.Value) : null);
    }
}
