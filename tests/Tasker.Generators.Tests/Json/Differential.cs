using System.Text;
using System.Text.Json;
using Tasker.Json;

namespace Tasker.Generators.Tests.Json;

/// <summary>Asserts that a generated codec does what System.Text.Json does.</summary>
internal static class Differential
{
    public static void AssertReads(Codec codec, string json) => AssertReads(codec, Encoding.UTF8.GetBytes(json));

    public static void AssertReads(Codec codec, byte[] json)
    {
        var (expected, expectedRejects) = Try(() => codec.ReadReference(json));
        var (actual, actualRejects) = Try(() => codec.Read(json));
        if (expectedRejects != actualRejects)
        {
            Assert.Fail($"{codec.Type}: System.Text.Json {(expectedRejects ? "rejects" : "accepts")}, the generated codec {(actualRejects ? "rejects" : "accepts")} {Text(json)}");
        }

        if (expectedRejects)
            return;
        AssertEqual(codec, json, TryWrite(() => codec.WriteReference(expected)), TryWrite(() => codec.WriteReference(actual)), "reads");
        AssertWrites(codec, expected);
    }

    public static void AssertWrites(Codec codec, object? value) =>
        AssertEqual(codec, [], TryWrite(() => codec.WriteReference(value)), TryWrite(() => codec.Write(value)), "writes");

    /// <summary>Whether the codec rejects; every exception but those of a reading error fails the test.</summary>
    private static (object? Value, bool Rejects) Try(Func<object?> read)
    {
        try
        {
            return (read(), false);
        }
        catch (Exception exception) when (exception is JsonException or JsonReadException)
        {
            return (null, true);
        }
    }

    private static string TryWrite(Func<byte[]> write)
    {
        try
        {
            return Encoding.UTF8.GetString(write());
        }
        catch (Exception exception) when (exception is JsonException or ArgumentException or InvalidOperationException)
        {
            return exception.GetType().Name;
        }
    }

    private static void AssertEqual(Codec codec, byte[] json, string expected, string actual, string what)
    {
        if (expected != actual)
            Assert.Fail($"{codec.Type} {what} differently.\nExpected: {expected}\nActual:   {actual}\nJSON:     {Text(json)}");
    }

    private static string Text(byte[] json) => Encoding.UTF8.GetString(json);
}
