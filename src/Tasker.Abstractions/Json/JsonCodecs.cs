using System.Text.Json;

namespace Tasker.Json;

/// <summary>The codecs of base class library types. Called by generated code.</summary>
public static class JsonCodecs
{
    /// <summary>Text; may be null.</summary>
    public static JsonCodec<string?> String { get; } = new("string", JsonValues.ReadString, static (w, v) => w.WriteStringValue(v));

    /// <summary>True or false.</summary>
    public static JsonCodec<bool> Boolean { get; } = new("bool", JsonValues.ReadBoolean, static (w, v) => w.WriteBooleanValue(v));

    /// <summary>An integer of 32 bits.</summary>
    public static JsonCodec<int> Int32 { get; } = new("int", JsonValues.ReadInt32, static (w, v) => w.WriteNumberValue(v));

    /// <summary>An integer of 64 bits.</summary>
    public static JsonCodec<long> Int64 { get; } = new("long", JsonValues.ReadInt64, static (w, v) => w.WriteNumberValue(v));

    /// <summary>A decimal number.</summary>
    public static JsonCodec<decimal> Decimal { get; } = new("decimal", JsonValues.ReadDecimal, static (w, v) => w.WriteNumberValue(v));

    /// <summary>A floating-point number.</summary>
    public static JsonCodec<double> Double { get; } = new("double", JsonValues.ReadDouble, static (w, v) => w.WriteNumberValue(v));

    /// <summary>Any JSON value.</summary>
    public static JsonCodec<JsonElement> Element { get; } =
        new("JSON", static (ref r) => JsonElement.ParseValue(ref r), static (w, v) => v.WriteTo(w));
}
