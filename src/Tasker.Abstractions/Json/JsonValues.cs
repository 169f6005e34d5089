using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// Reads values of the base class library, with the rules of System.Text.Json's defaults and errors that say what was expected.
/// Called by generated code.
/// </summary>
public static class JsonValues
{
    /// <summary>Reads a string or null.</summary>
    public static string? ReadString(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is JsonTokenType.Null)
            return null;
        if (reader.TokenType is not JsonTokenType.String)
            JsonReadException.Throw(ref reader, "a string");
        return reader.GetString();
    }

    /// <summary>Reads true or false.</summary>
    public static bool ReadBoolean(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not (JsonTokenType.True or JsonTokenType.False))
            JsonReadException.Throw(ref reader, "true or false");
        return reader.GetBoolean();
    }

    /// <summary>Reads an integer of 32 bits.</summary>
    public static int ReadInt32(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.Number || !reader.TryGetInt32(out var value))
        {
            JsonReadException.Throw(ref reader, "an integer that fits int");
            return 0;
        }

        return value;
    }

    /// <summary>Reads an integer of 64 bits.</summary>
    public static long ReadInt64(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.Number || !reader.TryGetInt64(out var value))
        {
            JsonReadException.Throw(ref reader, "an integer that fits long");
            return 0;
        }

        return value;
    }

    /// <summary>Reads a decimal number, exactly.</summary>
    public static decimal ReadDecimal(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.Number || !reader.TryGetDecimal(out var value))
        {
            JsonReadException.Throw(ref reader, "a number that fits decimal");
            return 0;
        }

        return value;
    }

    /// <summary>Reads a floating-point number.</summary>
    public static double ReadDouble(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.Number || !reader.TryGetDouble(out var value))
        {
            JsonReadException.Throw(ref reader, "a number that fits double");
            return 0;
        }

        return value;
    }
}
