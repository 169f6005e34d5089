using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Tasker.Http;

/// <summary>
/// The path of a request. Written as an interpolated string, <c>$"users/{id}/orders"</c>, every hole is escaped, so that a value with a
/// slash, a question mark or dots cannot change where the request goes, and an empty one is refused. A string is taken as it is.
/// </summary>
[InterpolatedStringHandler]
public sealed class ApiPath
{
    private readonly StringBuilder _text;
    private readonly bool _interpolated;
    private bool _inQuery;

    /// <summary>Begins an interpolated path. Called by the compiler.</summary>
    /// <param name="literalLength">How many characters the literal parts have.</param>
    /// <param name="formattedCount">How many holes there are.</param>
    public ApiPath(int literalLength, int formattedCount)
    {
        _text = new StringBuilder(literalLength + (formattedCount * 16));
        _interpolated = true;
    }

    private ApiPath(string text) => _text = new StringBuilder(text);

    /// <summary>Takes a path as it is.</summary>
    public static implicit operator ApiPath(string path) => FromString(path);

    /// <summary>Takes a path as it is.</summary>
    public static ApiPath FromString(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return new ApiPath(path);
    }

    /// <summary>Adds a literal part. Called by the compiler.</summary>
    public void AppendLiteral(string value)
    {
        _inQuery |= value.Contains('?', StringComparison.Ordinal);
        _text.Append(value);
    }

    /// <summary>Adds a hole, escaped. Called by the compiler.</summary>
    /// <exception cref="ValidationException">The value is empty.</exception>
    public void AppendFormatted<T>(T value) => AppendFormatted(value, null);

    /// <summary>Adds a hole, escaped. Called by the compiler.</summary>
    /// <exception cref="ValidationException">The value is empty.</exception>
    public void AppendFormatted<T>(T value, string? format)
    {
        var text = value is IFormattable formattable ? formattable.ToString(format, CultureInfo.InvariantCulture) : value?.ToString();
        if (string.IsNullOrEmpty(text) && !_inQuery)
            throw new ValidationException($"The path of a request has an empty value after '{_text}'.");
        _text.Append(Uri.EscapeDataString(text ?? ""));
    }

    /// <summary>The path's text.</summary>
    public override string ToString() => _text.ToString();

    /// <summary>The text to send.</summary>
    /// <exception cref="ValidationException">A value makes a part of an interpolated path "." or "..".</exception>
    internal string Build()
    {
        var text = _text.ToString();
        if (_interpolated)
        {
            var end = text.IndexOf('?', StringComparison.Ordinal);
            foreach (var part in text.AsSpan(0, end < 0 ? text.Length : end).Split('/'))
            {
                if (text.AsSpan()[part] is "." or "..")
                    throw new ValidationException($"The path '{text[..(end < 0 ? text.Length : end)]}' of a request has a part that would change its folder.");
            }
        }

        return text;
    }
}
