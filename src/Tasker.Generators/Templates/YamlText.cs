using System.Globalization;
using System.Text;

namespace Tasker.Generators.Templates;

/// <summary>Writes scalars so that every YAML reader, of version 1.1 or 1.2, reads the same text back.</summary>
internal static class YamlText
{
    /// <summary>Words that some reader takes for a boolean or for null.</summary>
    private static readonly HashSet<string> Words = new(StringComparer.OrdinalIgnoreCase) { "y", "n", "yes", "no", "on", "off", "true", "false", "null" };

    /// <summary>Text, in quotes only where it needs them.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Quote(text);

    /// <summary>JSON is YAML already; this makes it readable, and escapes what JSON allows and YAML does not.</summary>
    public static string OfJson(string json)
    {
        var yaml = new StringBuilder(json.Length + 16);
        var isQuoted = false;
        for (var i = 0; i < json.Length; i++)
        {
            var c = json[i];
            if (isQuoted && c == '\\')
            {
                yaml.Append(c).Append(json[++i]);
                continue;
            }

            if (c == '"')
                isQuoted = !isQuoted;
            if (IsSpecial(c))
                AppendEscape(yaml, c);
            else
                yaml.Append(c);
            if (!isQuoted && c is ',' or ':')
                yaml.Append(' ');
        }

        return yaml.ToString();
    }

    private static bool IsPlain(string text)
    {
        if (text.Length == 0 || !IsLetter(text[0]) || text[text.Length - 1] == ' ' || Words.Contains(text))
            return false;
        foreach (var c in text)
        {
            if (!IsLetter(c) && c is not (>= '0' and <= '9') and not ' ' and not '.' and not '-' and not '/')
                return false;
        }

        return true;
    }

    private static bool IsLetter(char c) => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or '_';

    private static string Quote(string text)
    {
        var yaml = new StringBuilder(text.Length + 2).Append('"');
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                yaml.Append('\\').Append(c);
            else if (IsSpecial(c))
                AppendEscape(yaml, c);
            else
                yaml.Append(c);
        }

        return yaml.Append('"').ToString();
    }

    private static bool IsSpecial(char c) => char.IsControl(c) || c is '\u2028' or '\u2029' or '\uFEFF' or '\uFFFE' or '\uFFFF';

    private static void AppendEscape(StringBuilder yaml, char c) => yaml.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
}
