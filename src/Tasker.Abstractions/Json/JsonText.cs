using System.Buffers;
using System.Text.Json;
using System.Text.Unicode;

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

    /// <summary>
    /// The name of an object's member that the reader stands on, in UTF-8 without escapes; or, when it is not UTF-8, as it is: it is no known
    /// member's name then, and System.Text.Json reads over it.
    /// </summary>
    public static ReadOnlySpan<byte> UnescapeName(scoped ref Utf8JsonReader reader)
    {
        var name = reader.HasValueSequence ? reader.ValueSequence.ToArray() : reader.ValueSpan.ToArray();
        return Utf8.IsValid(name) || !HasValidEscapes(name) ? Unescape(ref reader) : name;
    }

    /// <summary>Whether nothing is wrong with a name but bytes that are not UTF-8: those stand outside of the escapes.</summary>
    private static bool HasValidEscapes(byte[] name)
    {
        var text = Array.ConvertAll<byte, byte>([(byte)'"', .. name, (byte)'"'], static b => b < 0x80 ? b : (byte)'?');
        var reader = new Utf8JsonReader(text);
        reader.Read();
        try
        {
            reader.CopyString(text);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
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
