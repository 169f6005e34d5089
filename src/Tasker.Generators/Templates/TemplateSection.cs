using System.Globalization;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Templates;

/// <summary>
/// One mapping of a template file: reads its keys by kind, reports what is missing or of the wrong kind, and in the end what is unknown.
/// </summary>
/// <param name="mapping">The mapping.</param>
/// <param name="owner">What it belongs to, for messages: <c>the retry of step 'a'</c>.</param>
/// <param name="issues">Takes what is wrong.</param>
/// <param name="isTruncated">Whether the file ends early, so that what is missing may yet come.</param>
internal sealed class TemplateSection(YamlMapping mapping, string owner, IssueList issues, bool isTruncated)
{
    /// <summary>Mistakes that no edit distance finds.</summary>
    private static readonly Dictionary<string, string> Synonyms = new(StringComparer.Ordinal)
    {
        ["namespace"] = "namespace_name",
        ["limit"] = "max_attempts",
        ["timeout"] = "timeout_seconds",
        ["config"] = "initialization",
        ["handler_class"] = "callable",
        ["initial_delay"] = "backoff_base_ms",
        ["initial_delay_ms"] = "backoff_base_ms",
        ["max_delay"] = "max_backoff_ms",
        ["max_delay_ms"] = "max_backoff_ms",
    };

    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    public string Owner { get; } = owner;

    public TextSpan Span => mapping.Entries.Count > 0 ? mapping.Entries[0].Key.Span : mapping.Span;

    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => mapping.Entries;

    public YamlNode? Node(string key, string? alias = null)
    {
        _known.Add(key);
        if (alias is null)
            return mapping[key];
        _known.Add(alias);
        if (mapping[key] is not null && mapping[alias] is { } second)
            issues.Add(RuleIds.WrongValue, second.Span, alias, Owner, $"left out because it means the same as '{key}'", "given beside it");
        return mapping[key] ?? mapping[alias];
    }

    public string? String(string key, int? longest = null)
    {
        if (Node(key) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        if (node is not YamlScalar scalar || IsNoText(scalar))
            return Wrong<string>(node, key, "text");
        return scalar.Text.Length > longest
            ? Wrong<string>(node, key, $"at most {longest} characters", $"{scalar.Text.Length}")
            : scalar.Text;
    }

    /// <summary>Text that must be there and not be empty; otherwise <c>""</c>.</summary>
    public string RequiredString(string key, int? longest = null)
    {
        if (IsMissing(key))
            return "";
        if (mapping[key] is not YamlScalar { Text: "" } empty)
            return String(key, longest) ?? "";
        _known.Add(key);
        return Wrong<string>(empty, key, "text that is not empty", "empty") ?? "";
    }

    /// <summary>A time as RFC 3339 writes it, which is all that tasker-core reads.</summary>
    public string? Time(string key)
    {
        if (String(key) is not { } text)
            return null;
        var isTime = text.Length >= "2026-01-31T12:00:00Z".Length
            && text[4] == '-'
            && text[10] is 'T' or 't' or ' '
            && (text[text.Length - 1] is 'Z' or 'z' || (text[text.Length - 6] is '+' or '-' && text[text.Length - 3] == ':'))
            && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
        return isTime ? text : Wrong<string>(mapping[key]!, key, "a time with a zone such as 2026-01-31T12:00:00Z");
    }

    public bool? Boolean(string key)
    {
        if (Node(key) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        if (node is YamlScalar scalar && YamlScalars.TryBoolean(scalar, out var value))
            return value;
        Wrong<string>(node, key, "true or false", Value(node));
        return null;
    }

    /// <summary>A count.</summary>
    public long? Count(string key, int least = 0)
    {
        if (Node(key) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        if (node is YamlScalar scalar && YamlScalars.TryInteger(scalar, out var value) && value >= least && value <= int.MaxValue)
            return value;
        Wrong<string>(node, key, $"an integer from {least} to {int.MaxValue}", Value(node));
        return null;
    }

    public long RequiredCount(string key, int least = 0) => IsMissing(key) ? least : Count(key, least) ?? least;

    /// <summary>One of the values that the dictionary's keys list, as the C# name it stands for.</summary>
    public string? OneOf(string key, IReadOnlyList<KeyValuePair<string, string>> values, string? alias = null)
    {
        if (Node(key, alias) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        var allowed = new List<string>();
        foreach (var value in values)
        {
            if (node is YamlScalar scalar && scalar.Text == value.Key)
                return value.Value;
            allowed.Add(value.Key);
        }

        var hint = node is YamlScalar text && NearestName.Find(text.Text, allowed) is { } nearest ? $" (did you mean '{nearest}'?)" : "";
        return Wrong<string>(node, key, "one of " + string.Join(", ", allowed), node.Noun + hint);
    }

    /// <summary>A nested mapping.</summary>
    public TemplateSection? Section(string key, string owner)
    {
        if (Node(key) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        return Nested(node, key, owner);
    }

    public TemplateSection? RequiredSection(string key, string owner) => IsMissing(key) ? null : Section(key, owner);

    /// <summary>The items of a list.</summary>
    public IReadOnlyList<YamlNode> List(string key, string? alias = null)
    {
        if (Node(key, alias) is not { } node || node is YamlScalar { IsNull: true })
            return [];
        if (node is YamlSequence sequence)
            return sequence.Items;
        Wrong<string>(node, key, "a list");
        return [];
    }

    /// <summary>The mappings in a list.</summary>
    public IEnumerable<TemplateSection> Sections(string key, Func<int, string> owner)
    {
        var items = List(key);
        for (var i = 0; i < items.Count; i++)
        {
            if (Nested(items[i], key, owner(i + 1)) is { } section)
                yield return section;
        }
    }

    /// <summary>The texts in a list, with their places.</summary>
    public List<YamlScalar> Strings(string key, string? alias = null)
    {
        var texts = new List<YamlScalar>();
        foreach (var item in List(key, alias))
        {
            if (item is YamlScalar scalar && !IsNoText(scalar) && scalar.Text.Length > 0)
                texts.Add(scalar);
            else
                Wrong<string>(item, key, "a list of texts", $"a list with {item.Noun}");
        }

        return texts;
    }

    /// <summary>Anything, as JSON text.</summary>
    public string? Json(string key) => Node(key) is { } node and not YamlScalar { IsNull: true } ? ToJson(node, key) : null;

    /// <summary>A mapping, as JSON text.</summary>
    public string? JsonObject(string key)
    {
        if (Node(key) is not { } node || node is YamlScalar { IsNull: true })
            return null;
        return node is YamlMapping ? ToJson(node, key) : Wrong<string>(node, key, "a mapping");
    }

    /// <summary>Reports a required key that is not there.</summary>
    public bool IsMissing(string key)
    {
        _known.Add(key);
        if (mapping[key] is { } node and not YamlScalar { IsNull: true })
            return false;
        if (!isTruncated)
            issues.Add(RuleIds.MissingKey, mapping[key]?.Span ?? Span, Capitalize(Owner), key);
        return true;
    }

    /// <summary>Reports the keys that nobody asked for.</summary>
    public void ReportUnknownKeys()
    {
        foreach (var entry in mapping.Entries)
        {
            var key = entry.Key.Text;
            if (_known.Contains(key))
                continue;
            var hint = Synonyms.TryGetValue(key, out var synonym) && _known.Contains(synonym) ? $" Did you mean '{synonym}'{Unit(synonym)}?"
                : key == "<<" ? " YAML 1.2 has no merge keys: repeat what is to be merged."
                : NearestName.Hint(key, _known);
            issues.Add(RuleIds.UnknownKey, entry.Key.Span, key, Owner, hint);
        }
    }

    private TemplateSection? Nested(YamlNode node, string key, string owner)
    {
        if (node is YamlMapping nested)
            return new TemplateSection(nested, owner, issues, isTruncated);
        Wrong<string>(node, key, "a mapping");
        return null;
    }

    private string? ToJson(YamlNode node, string key)
    {
        var json = YamlJson.Write(node, out var failure);
        if (failure is not null)
            issues.Add(RuleIds.WrongValue, failure.Span, key, Owner, failure.Expected, failure.Found);
        return json;
    }

    private T? Wrong<T>(YamlNode node, string key, string expected, string? found = null)
        where T : class
    {
        issues.Add(RuleIds.WrongValue, node.Span, key, Owner, expected, found ?? node.Noun);
        return null;
    }

    /// <summary>Whoever knows a key by another name may count in seconds there.</summary>
    private static string Unit(string key) => key.EndsWith("_ms", StringComparison.Ordinal) ? ", in milliseconds" : "";

    /// <summary>What was found where no text belongs: quotes make one.</summary>
    private static string Value(YamlNode node) => node is YamlScalar { IsPlain: false } ? $"the text {node.Noun}" : node.Noun;

    /// <summary>A plain number or boolean where text belongs is refused, as tasker-core's reader refuses it.</summary>
    private static bool IsNoText(YamlScalar scalar) => scalar.IsNull || YamlScalars.TryBoolean(scalar, out _) || YamlScalars.TryNumber(scalar, out _);

    private static string Capitalize(string text) => char.ToUpperInvariant(text[0]) + text.Substring(1);
}
