using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.Templates;

/// <summary>A node of a YAML document and its place in the file. Lives only while a template is parsed.</summary>
internal abstract class YamlNode(TextSpan span)
{
    public TextSpan Span { get; } = span;

    /// <summary>Levels from here to the deepest leaf, aliases followed.</summary>
    public int Height { get; protected set; } = 1;

    /// <summary>What the node is, for messages.</summary>
    public abstract string Noun { get; }
}

/// <summary>A single value.</summary>
internal sealed class YamlScalar(TextSpan span, string text, bool isPlain) : YamlNode(span)
{
    public string Text { get; } = text;

    /// <summary>Whether it is written without quotes, so that it may be a number, a boolean or null.</summary>
    public bool IsPlain { get; } = isPlain;

    public bool IsNull => IsPlain && Text is "" or "~" or "null" or "Null" or "NULL";

    public override string Noun => IsNull ? "nothing" : $"'{(Text.Length <= 40 ? Text : Text.Substring(0, 40) + "…")}'";
}

/// <summary>A list.</summary>
internal sealed class YamlSequence(TextSpan span) : YamlNode(span)
{
    private readonly List<YamlNode> _items = [];

    public IReadOnlyList<YamlNode> Items => _items;

    public override string Noun => "a list";

    public void Add(YamlNode item)
    {
        _items.Add(item);
        Height = Math.Max(Height, item.Height + 1);
    }
}

/// <summary>A mapping, in the order of the file.</summary>
internal sealed class YamlMapping(TextSpan span) : YamlNode(span)
{
    private readonly List<KeyValuePair<YamlScalar, YamlNode>> _entries = [];
    private readonly Dictionary<string, YamlNode> _byKey = new(StringComparer.Ordinal);

    public IReadOnlyList<KeyValuePair<YamlScalar, YamlNode>> Entries => _entries;

    public override string Noun => "a mapping";

    public YamlNode? this[string key] => _byKey.TryGetValue(key, out var value) ? value : null;

    /// <returns><see langword="false"/> when the key is there already; the first one stays.</returns>
    public bool TryAdd(YamlScalar key, YamlNode value)
    {
        if (_byKey.ContainsKey(key.Text))
            return false;
        _byKey.Add(key.Text, value);
        _entries.Add(new(key, value));
        Height = Math.Max(Height, value.Height + 1);
        return true;
    }
}
