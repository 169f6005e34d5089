using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace Tasker.Json;

/// <summary>
/// The names of an enum whose values travel as text, or are the keys of a dictionary, with the rules of System.Text.Json's string enum converter: names compare without
/// case unless an attribute gave them, flags are joined with commas, values without a name are numbers. Called by generated code. Immutable, safe to share between threads.
/// </summary>
public sealed class JsonEnumText
{
    private readonly string _expected;
    private readonly bool _isFlags;
    private readonly long _min;
    private readonly ulong _max;
    private readonly (string Name, ulong Value, bool IsExact)[] _fields;

    /// <summary>Creates the table.</summary>
    /// <param name="typeName">The enum's name in messages.</param>
    /// <param name="isFlags">Whether the enum carries <see cref="FlagsAttribute"/>.</param>
    /// <param name="min">The underlying type's smallest value.</param>
    /// <param name="max">The underlying type's largest value.</param>
    /// <param name="names">The JSON names, ordered by value.</param>
    /// <param name="values">Their values, sign-extended.</param>
    /// <param name="isExact">Which names compare with case, because an attribute gave them; <see langword="null"/> when none does.</param>
    public JsonEnumText(string typeName, bool isFlags, long min, ulong max, string[] names, ulong[] values, bool[]? isExact = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(values);
        _expected = $"the name of a {typeName}";
        _isFlags = isFlags;
        _min = min;
        _max = max;
        _fields = [.. names.Zip(values, isExact ?? new bool[names.Length])];
        if (isFlags)
            // A value that contains others must be found before them.
            _fields = [.. _fields.OrderByDescending(static field => BitOperations.PopCount(field.Value))];
    }

    /// <summary>Reads a name, or several of a flags enum.</summary>
    /// <returns>The value, sign-extended.</returns>
    /// <exception cref="JsonReadException">The value is not a string, or names nothing.</exception>
    public ulong Read(ref Utf8JsonReader reader)
    {
        if (reader.TokenType is not JsonTokenType.String)
            JsonReadException.Throw(ref reader, _expected);
        return Parse(ref reader);
    }

    /// <summary>Moves to the value of the next entry of a dictionary with such keys, or to the object's end. A key is read as a value is.</summary>
    /// <param name="reader">Stands on the opening brace, or on the last token of the entry before.</param>
    /// <param name="key">The key, sign-extended.</param>
    /// <returns><see langword="false"/> at the object's end.</returns>
    /// <exception cref="JsonReadException">The key names nothing.</exception>
    public bool ReadKey(ref Utf8JsonReader reader, out ulong key)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.EndObject)
        {
            key = 0;
            return false;
        }

        key = Parse(ref reader);
        reader.Read();
        return true;
    }

    /// <summary>Writes the name of a value, or the names of its flags.</summary>
    /// <returns><see langword="false"/> when the value has none; nothing is written then.</returns>
    public bool TryWrite(Utf8JsonWriter writer, ulong value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        if (FindNames(value) is not { } names)
            return false;
        writer.WriteStringValue(names);
        return true;
    }

    /// <summary>Writes a value as a member's name: its name, the names of its flags, or else its number.</summary>
    public void WriteKey(Utf8JsonWriter writer, ulong value)
    {
        ArgumentNullException.ThrowIfNull(writer);
        writer.WritePropertyName(FindNames(value) ?? (_min == 0
            ? value.ToString(CultureInfo.InvariantCulture)
            : unchecked((long)value).ToString(CultureInfo.InvariantCulture)));
    }

    private ulong Parse(ref Utf8JsonReader reader)
    {
        var text = JsonText.Read(ref reader).AsSpan().Trim();
        if (!TryFind(text, exactly: true, out var value) && !(IsInteger(text) ? TryReadNumber(text, out value) : TryReadNames(text, out value)))
            JsonReadException.Throw(ref reader, _expected);
        return value;
    }

    private string? FindNames(ulong value)
    {
        var rest = value;
        string? first = null;
        StringBuilder? all = null;
        foreach (var (name, bits, _) in _fields)
        {
            if (_isFlags ? !(bits == 0 ? value == 0 : (rest & bits) == bits) : bits != value)
                continue;
            if (first is null)
                first = name;
            else
                (all ??= new StringBuilder(first)).Append(", ").Append(name);
            rest &= ~bits;
            if (rest == 0 || !_isFlags)
                break;
        }

        return first is null || (_isFlags && rest != 0) ? null : all?.ToString() ?? first;
    }

    private bool TryReadNames(ReadOnlySpan<char> text, out ulong value)
    {
        value = 0;
        do
        {
            var comma = text.IndexOf(',');
            var name = comma < 0 ? text : text[..comma].TrimEnd();
            text = comma < 0 ? [] : text[(comma + 1)..].TrimStart();
            if (!TryFind(name, exactly: false, out var bits))
                return false;
            value |= bits;
        }
        while (!text.IsEmpty);
        return true;
    }

    private bool TryFind(ReadOnlySpan<char> name, bool exactly, out ulong value)
    {
        foreach (var field in _fields)
        {
            if (name.Equals(field.Name, exactly || field.IsExact ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase))
            {
                value = field.Value;
                return true;
            }
        }

        value = 0;
        return false;
    }

    private bool TryReadNumber(ReadOnlySpan<char> text, out ulong value)
    {
        if (_min == 0)
            return ulong.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out value) && value <= _max;
        var fits = long.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) && number >= _min && number <= (long)_max;
        value = unchecked((ulong)number);
        return fits;
    }

    private static bool IsInteger(ReadOnlySpan<char> text)
    {
        if (!text.IsEmpty && text[0] is '+' or '-')
            text = text[1..];
        return !text.IsEmpty && !text.ContainsAnyExceptInRange('0', '9');
    }
}
