using System.Text.Json;
using Tasker.Json;

namespace Tasker.Tests;

public sealed class JsonReadTests
{
    [Theory]
    [InlineData("""{"a":{"b":[1,{"c":"x"}]}}""", "x", "$.a.b[1].c")]
    [InlineData("""["x"]""", "x", "$[0]")]
    [InlineData("""{"z":1,"a":"x"}""", "x", "$.a")]
    public void A_place_in_a_text_has_a_path(string json, string marker, string path) =>
        Assert.Equal(path, JsonPath.At(TestSteps.Utf8(json).Span, json.IndexOf($"\"{marker}\"", StringComparison.Ordinal)));

    [Fact]
    public void Text_after_the_value_is_refused() =>
        Assert.ThrowsAny<JsonException>(() => JsonCodecs.Int32.FromUtf8("1 2"u8));

    [Fact]
    public void A_long_value_is_shortened_in_the_message()
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(new string('x', 1000));

        Assert.InRange(Assert.Throws<JsonReadException>(() => JsonCodecs.Int32.FromUtf8(json)).Message.Length, 10, 150);
    }
}
