using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>A JSON value is well formed but not of the kind its reader needs.</summary>
public sealed class JsonReadException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="expected">What the reader needs, such as <c>a number that fits int</c>.</param>
    /// <param name="found">What is there, shortened.</param>
    /// <param name="offset">Where it begins, in bytes from the start of the JSON text.</param>
    public JsonReadException(string expected, string found, long offset)
        : base($"Expected {expected}, found {found}.")
    {
        Expected = expected;
        Found = found;
        Offset = offset;
    }

    /// <summary>What the reader needs.</summary>
    public string Expected { get; }

    /// <summary>What is there, shortened.</summary>
    public string Found { get; }

    /// <summary>Where it begins, in bytes from the start of the JSON text.</summary>
    public long Offset { get; }

    /// <summary>Throws for the token that <paramref name="reader"/> stands on.</summary>
    /// <exception cref="JsonReadException">Always.</exception>
    [DoesNotReturn]
    public static void Throw(ref Utf8JsonReader reader, string expected) =>
        throw new JsonReadException(expected, Describe(ref reader), reader.TokenStartIndex);

    /// <summary>Throws because an object lacks a member.</summary>
    /// <param name="reader">Stands on the object's end.</param>
    /// <param name="member">The member's JSON name.</param>
    /// <exception cref="JsonReadException">Always.</exception>
    [DoesNotReturn]
    public static void ThrowMissing(ref Utf8JsonReader reader, string member) =>
        throw new JsonReadException($"a member '{member}'", "an object without it", reader.TokenStartIndex);

    private static string Describe(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.StartObject or JsonTokenType.EndObject => "an object",
        JsonTokenType.StartArray or JsonTokenType.EndArray => "an array",
        JsonTokenType.Null => "null",
        JsonTokenType.True => "true",
        JsonTokenType.False => "false",
        JsonTokenType.String => $"the string \"{Shorten(ref reader)}\"",
        JsonTokenType.Number => $"the number {Shorten(ref reader)}",
        JsonTokenType.PropertyName => $"the member \"{Shorten(ref reader)}\"",
        _ => "nothing",
    };

    private static string Shorten(ref Utf8JsonReader reader)
    {
        const int Longest = 40;
        var text = Encoding.UTF8.GetString(reader.ValueSpan.Length <= Longest * 4 ? reader.ValueSpan : reader.ValueSpan[..(Longest * 4)]);
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "…");
    }
}
