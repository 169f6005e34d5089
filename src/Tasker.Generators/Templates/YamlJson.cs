using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.Templates;

/// <summary>Writes YAML nodes as JSON text, with the types of the YAML 1.2 core schema.</summary>
internal sealed class YamlJson
{
    /// <summary>Aliases let a small file stand for an enormous one; no real configuration is larger than this.</summary>
    private const int MaxLength = 1024 * 1024;

    private readonly StringBuilder _json = new();

    private YamlJson()
    {
    }

    /// <summary>Why the node could not be written.</summary>
    public sealed record Failure(TextSpan Span, string Expected, string Found);

    public static string? Write(YamlNode node, out Failure? failure)
    {
        var writer = new YamlJson();
        failure = writer.Append(node);
        return failure is null ? writer._json.ToString() : null;
    }

    /// <summary>Text as a JSON string.</summary>
    public static string Quote(string text)
    {
        var writer = new YamlJson();
        writer.AppendString(text);
        return writer._json.ToString();
    }

    private Failure? Append(YamlNode node)
    {
        if (_json.Length > MaxLength)
            return new Failure(node.Span, "at most one million characters of JSON when its aliases are expanded", "more");
        switch (node)
        {
            case YamlMapping mapping:
                _json.Append('{');
                for (var i = 0; i < mapping.Entries.Count; i++)
                {
                    if (i > 0)
                        _json.Append(',');
                    AppendString(mapping.Entries[i].Key.Text);
                    _json.Append(':');
                    if (Append(mapping.Entries[i].Value) is { } failure)
                        return failure;
                }

                _json.Append('}');
                return null;
            case YamlSequence sequence:
                _json.Append('[');
                for (var i = 0; i < sequence.Items.Count; i++)
                {
                    if (i > 0)
                        _json.Append(',');
                    if (Append(sequence.Items[i]) is { } failure)
                        return failure;
                }

                _json.Append(']');
                return null;
            default:
                return AppendScalar((YamlScalar)node);
        }
    }

    private Failure? AppendScalar(YamlScalar scalar)
    {
        if (!scalar.IsPlain)
            AppendString(scalar.Text);
        else if (scalar.IsNull)
            _json.Append("null");
        else if (YamlScalars.TryBoolean(scalar, out var boolean))
            _json.Append(boolean ? "true" : "false");
        else if (YamlScalars.TryNumber(scalar, out var number))
            _json.Append(number);
        else if (YamlScalars.IsNotFinite(scalar))
            return new Failure(scalar.Span, "a value that JSON can hold", scalar.Noun);
        else
            AppendString(scalar.Text);
        return null;
    }

    private void AppendString(string text)
    {
        _json.Append('"');
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (char.IsSurrogate(c))
            {
                // Half of a pair cannot be UTF-8.
                if (i + 1 < text.Length && char.IsSurrogatePair(c, text[i + 1]))
                    _json.Append(c).Append(text[++i]);
                else
                    _json.Append('\uFFFD');
            }
            else if (c is '"' or '\\')
                _json.Append('\\').Append(c);
            else if (c < ' ')
                _json.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                _json.Append(c);
        }

        _json.Append('"');
    }
}
