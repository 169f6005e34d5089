using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Infrastructure;

/// <summary>Makes C# names and literals of any text.</summary>
internal static class Identifiers
{
    /// <summary><c>process_csv_batch</c> becomes <c>ProcessCsvBatch</c>; what cannot be in a name is left out.</summary>
    public static string ToPascalCase(string text)
    {
        var name = new StringBuilder(text.Length);
        var begins = true;
        foreach (var c in text)
        {
            if (c == '_' || !SyntaxFacts.IsIdentifierPartCharacter(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format)
            {
                begins = true;
                continue;
            }

            name.Append(begins ? char.ToUpperInvariant(c) : c);
            begins = false;
        }

        if (name.Length == 0 || !SyntaxFacts.IsIdentifierStartCharacter(name[0]))
            name.Insert(0, '_');
        return name.ToString();
    }

    /// <summary>A dotted name with every part made a valid identifier.</summary>
    public static string ToNamespace(string text)
    {
        var parts = new List<string>();
        foreach (var part in text.Split('.'))
        {
            var name = new StringBuilder(part.Length);
            foreach (var c in part)
                name.Append(SyntaxFacts.IsIdentifierPartCharacter(c) ? c : '_');
            if (name.Length == 0)
                continue;
            if (!SyntaxFacts.IsIdentifierStartCharacter(name[0]))
                name.Insert(0, '_');
            parts.Add(Escape(name.ToString()));
        }

        return string.Join(".", parts);
    }

    /// <summary>Puts an <c>@</c> before a keyword.</summary>
    public static string Escape(string name) =>
        SyntaxFacts.GetKeywordKind(name) is not SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(name) is not SyntaxKind.None ? "@" + name : name;

    /// <summary>A C# string literal, or <c>null</c>.</summary>
    public static string Literal(string? text) => text is null ? "null" : SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>Text for a documentation comment, on one line.</summary>
    public static string Documentation(string text)
    {
        var comment = new StringBuilder(text.Length);
        foreach (var c in text.Trim())
        {
            comment.Append(c switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                _ when char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029' => " ",
                _ => c.ToString(),
            });
        }

        return comment.ToString();
    }

    /// <summary>Eight hexadecimal digits that depend on nothing but the text (FNV-1a).</summary>
    public static string StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = unchecked((hash ^ c) * 16777619u);
        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
