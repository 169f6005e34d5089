using System.Text.Json;

namespace Tasker.Json;

/// <summary>Takes text out of a reader. Text that is not Unicode, such as a lone surrogate, is an ordinary reading error.</summary>
internal static class JsonText
{
    private const string Expected = "text of valid Unicode";

    /// <summary>The string or member name that the reader stands on.</summary>
    public static string Read(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            JsonReadException.Throw(ref reader, Expected);
            return "";
        }
    }

    /// <summary>The string or member name that the reader stands on, in UTF-8 without escapes.</summary>
    public static ReadOnlySpan<byte> Unescape(scoped ref Utf8JsonReader reader)
    {
        var buffer = new byte[reader.HasValueSequence ? reader.ValueSequence.Length : reader.ValueSpan.Length];
        try
        {
            return buffer.AsSpan(0, reader.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            JsonReadException.Throw(ref reader, Expected);
            return default;
        }
    }
}
