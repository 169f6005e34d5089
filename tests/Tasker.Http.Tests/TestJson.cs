using System.Text.Json;
using System.Text.Json.Serialization;
using Tasker.Json;

namespace Tasker.Http.Tests;

internal sealed record Rate(string Currency, decimal Value);

internal sealed record RatePage(List<Rate> Items, string? Next = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Rate))]
[JsonSerializable(typeof(List<Rate>))]
[JsonSerializable(typeof(RatePage))]
[JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext
{
    /// <summary>Reads and writes as generated code does.</summary>
    public static JsonCodec<Rate> RateCodec { get; } = new JsonDelegateCodec<Rate>("Rate", ReadRate, WriteRate, WriteMembers);

    private static Rate ReadRate(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
            JsonReadException.Throw(ref reader, "a Rate object");
        string? currency = null;
        decimal? value = null;
        while (reader.Read() && reader.TokenType is JsonTokenType.PropertyName)
        {
            var isCurrency = reader.ValueTextEquals("currency"u8);
            var isValue = reader.ValueTextEquals("value"u8);
            reader.Read();
            if (isCurrency)
                currency = JsonCodecs.String.Read(ref reader);
            else if (isValue)
                value = JsonCodecs.Decimal.Read(ref reader);
            else
                reader.Skip();
        }

        if (currency is null)
            JsonReadException.ThrowMissing(ref reader, "currency");
        return new Rate(currency, value ?? 0);
    }

    private static void WriteRate(Utf8JsonWriter writer, Rate rate)
    {
        writer.WriteStartObject();
        WriteMembers(writer, rate);
        writer.WriteEndObject();
    }

    private static void WriteMembers(Utf8JsonWriter writer, Rate rate)
    {
        writer.WriteString("currency"u8, rate.Currency);
        writer.WriteNumber("value"u8, rate.Value);
    }
}
