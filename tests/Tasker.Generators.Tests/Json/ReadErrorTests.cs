using System.Text;
using Tasker.Json;

namespace Tasker.Generators.Tests.Json;

/// <summary>A value that does not fit is reported with what was expected, what was found, and where.</summary>
public sealed class ReadErrorTests
{
    private const string Types =
        """
        public enum Plain { A }
        [JsonConverter(typeof(JsonStringEnumConverter))] public enum Color { Red }
        public sealed record Money(decimal Amount, string Currency);
        public sealed record Order(Money Total, int Count, List<Money> Lines, Dictionary<int, Money> ById, Plain Plain, Color Color)
        {
            public required string Id { get; init; }
            public DateTime? At { get; init; }
            public byte Small { get; init; }
            public Guid Key { get; init; }
            public bool Paid { get; init; }
            public ImmutableArray<int> Tags { get; init; } = [];
        }
        """;

    [Theory]
    [InlineData("""[]""", "an object (Order)", "an array", "[]")]
    [InlineData("""{"total":5}""", "an object (Money)", "the number 5", "5")]
    [InlineData("""{"total":{"amount":"5"}}""", "a number that fits decimal", "the string \"5\"", "\"5\"")]
    [InlineData("""{"count":1.5}""", "an integer that fits int", "the number 1.5", "1.5")]
    [InlineData("""{"count":null}""", "an integer that fits int", "null", "null")]
    [InlineData("""{"small":256}""", "an integer that fits byte", "the number 256", "256")]
    [InlineData("""{"lines":{}}""", "an array (List<Money>)", "an object", "{}")]
    [InlineData("""{"lines":[{"amount":1},7]}""", "an object (Money)", "the number 7", "7")]
    [InlineData("""{"by_id":{"1":{},"x":{}}}""", "a member name that is an integer that fits int", "the member \"x\"", "\"x\"")]
    [InlineData("""{"by_id":[]}""", "an object (Dictionary<int, Money>)", "an array", "[]")]
    [InlineData("""{"plain":"A"}""", "an integer that fits int", "the string \"A\"", "\"A\"")]
    [InlineData("""{"color":"blue"}""", "the name of a Color", "the string \"blue\"", "\"blue\"")]
    [InlineData("""{"color":true}""", "the name of a Color", "true", "true")]
    [InlineData("""{"id":5}""", "a string", "the number 5", "5")]
    [InlineData("""{"id":"\ud800"}""", "text of valid Unicode", "the string \"\\ud800\"", "\"\\ud800\"")]
    [InlineData("""{"at":"yesterday"}""", "a date and time such as 2026-01-31T12:30:00Z", "the string \"yesterday\"", "\"yesterday\"")]
    [InlineData("""{"key":"x"}""", "a GUID such as 3f2504e0-4f89-11d3-9a0c-0305e82c3301", "the string \"x\"", "\"x\"")]
    [InlineData("""{"paid":1}""", "true or false", "the number 1", "1")]
    [InlineData("""{"tags":null}""", "an array (ImmutableArray<int>)", "null", "null")]
    [InlineData("""{"count":1}""", "a member 'id'", "an object without it", "}")]
    public void A_value_that_does_not_fit(string json, string expected, string found, string place)
    {
        using var codecs = CompiledCodecs.Create(Types, "Order");
        var codec = codecs["Order"];

        var exception = Assert.Throws<JsonReadException>(() => codec.Read(Encoding.UTF8.GetBytes(json)));

        Assert.Equal(expected, exception.Expected);
        Assert.Equal(found, exception.Found);
        Assert.Equal(json.LastIndexOf(place, StringComparison.Ordinal), exception.Offset);
        Differential.AssertReads(codec, json);
    }
}
