using System.Linq;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Tasker.Generators.Templates;

/// <summary>
/// Reads a YAML file into nodes that know their place. Never throws: what is wrong becomes an issue, and what could be read before it is
/// kept, so that a template half typed keeps the names that its steps already have.
/// </summary>
internal sealed class YamlReader(IssueList issues)
{
    /// <summary>Deeper nesting is a mistake or an attack, and the parts that walk the tree may recurse.</summary>
    public const int MaxDepth = 64;

    private const string CoreTag = "tag:yaml.org,2002:";

    private readonly Stack<Frame> _open = new();
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private YamlNode? _root;
    private TextSpan _last;

    /// <summary>Whether reading stopped early.</summary>
    public bool IsTruncated { get; private set; }

    public YamlNode? Read(CancellationToken cancellationToken)
    {
        var text = issues.Text.ToString();
        var garbled = text.IndexOf('\uFFFD');
        if (garbled >= 0)
            issues.Add(RuleIds.UnreadableYaml, new TextSpan(garbled, 1), "The file is not UTF-8, or not whole: what stands here cannot be read. Save it as UTF-8.");
        try
        {
            var parser = new Parser(new StringReader(text));
            while (!IsTruncated && parser.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Accept(parser.Current!);
            }
        }
        catch (YamlException exception)
        {
            Stop(FindTab(exception) ?? Span(exception.Start, exception.End), Sentence(exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The parser has no contract for hostile text; whatever it throws is about the place it has reached. Most often it is a bracket without its other half.
            if (_open.FirstOrDefault(frame => frame.IsFlow) is { } unclosed)
                Stop(unclosed.Node.Span, $"The '{(unclosed.Node is YamlMapping ? '{' : '[')}' here is never closed.");
            else
                Stop(_last, exception.Message);
        }

        while (_open.Count > 0)
            Close();
        return _root;
    }

    private void Accept(ParsingEvent current)
    {
        var span = Span(current.Start, current.End);
        _last = span;
        switch (current)
        {
            case DocumentStart when _root is not null:
                Stop(span, "A file holds one template; a second document begins here.");
                break;
            case Scalar scalar:
                CheckTag(scalar, span);
                Place(new YamlScalar(span, scalar.Value, IsPlain(scalar)), scalar.Anchor);
                break;
            case AnchorAlias alias:
                if (_anchors.TryGetValue(alias.Value.Value, out var node))
                    Place(node, AnchorName.Empty);
                else
                    Stop(span, $"The alias '*{alias.Value.Value}' refers to no complete node before it.");
                break;
            case SequenceStart sequence:
                CheckTag(sequence, span);
                Open(new Frame(new YamlSequence(span), sequence.Anchor, sequence.Style is SequenceStyle.Flow), span);
                break;
            case MappingStart mapping:
                CheckTag(mapping, span);
                Open(new Frame(new YamlMapping(span), mapping.Anchor, mapping.Style is MappingStyle.Flow), span);
                break;
            case SequenceEnd or MappingEnd:
                Close();
                break;
        }
    }

    /// <summary>Whether the text may be a number, a boolean or null: without quotes, or with a tag that says so.</summary>
    private static bool IsPlain(Scalar scalar) =>
        scalar.Tag is { IsEmpty: false, IsNonSpecific: false } ? scalar.Tag.Value != CoreTag + "str" : scalar.Style is ScalarStyle.Plain;

    /// <summary>A tag can change what a value is; one that is passed over would change it in silence.</summary>
    private void CheckTag(NodeEvent node, TextSpan span)
    {
        if (node.Tag is { IsEmpty: true } or { IsNonSpecific: true })
            return;
        var tag = node.Tag.Value;
        var name = tag.StartsWith(CoreTag, StringComparison.Ordinal) ? tag.Substring(CoreTag.Length) : "";
        var isKnown = node switch
        {
            Scalar => name is "str" or "int" or "float" or "bool" or "null",
            SequenceStart => name is "seq",
            _ => name is "map",
        };
        if (!isKnown)
            issues.Add(RuleIds.UnreadableYaml, span, $"The tag '{(name.Length > 0 ? "!!" + name : tag)}' has no meaning in a template; remove it.");
    }

    private void Open(Frame frame, TextSpan span)
    {
        if (_open.Count == MaxDepth)
            Stop(span, $"The file is nested deeper than {MaxDepth} levels.");
        else
            _open.Push(frame);
    }

    private void Close()
    {
        var frame = _open.Pop();
        if (frame.Key is { } key && frame.Node is YamlMapping mapping)
            mapping.TryAdd(key, new YamlScalar(new TextSpan(key.Span.End, 0), "", isPlain: true));
        Place(frame.Node, frame.Anchor);
    }

    private void Place(YamlNode node, AnchorName anchor)
    {
        if (!anchor.IsEmpty)
            _anchors[anchor.Value] = node;
        if (_open.Count == 0)
        {
            _root = node;
            return;
        }

        var frame = _open.Peek();
        if (node.Height + _open.Count > MaxDepth)
            Stop(node.Span, $"The file is nested deeper than {MaxDepth} levels.");
        else if (frame.Node is YamlSequence sequence)
            sequence.Add(node);
        else if (frame.Key is { } key)
        {
            frame.Key = null;
            if (!((YamlMapping)frame.Node).TryAdd(key, node))
                issues.Add(RuleIds.DuplicateKey, key.Span, key.Text);
        }
        else if (node is YamlScalar scalar)
            frame.Key = scalar;
        else
            Stop(node.Span, "A key must be text, not " + node.Noun + ".");
    }

    private void Stop(TextSpan span, string message)
    {
        if (!IsTruncated)
            issues.Add(RuleIds.UnreadableYaml, span, message);
        IsTruncated = true;
    }

    private TextSpan Span(Mark start, Mark end)
    {
        var length = issues.Text.Length;
        var from = (int)Math.Min(Math.Max(start.Index, 0), length);
        var to = (int)Math.Min(Math.Max(end.Index, from), length);
        return TextSpan.FromBounds(from, to);
    }

    /// <summary>The parser puts its places into the message; the diagnostic has a place of its own.</summary>
    private static string Sentence(YamlException exception)
    {
        var message = exception.Message;
        var colon = message.StartsWith("(", StringComparison.Ordinal) ? message.IndexOf("): ", StringComparison.Ordinal) : -1;
        return (colon < 0 ? message : message.Substring(colon + 3)).TrimEnd('.', ' ') + ".";
    }

    /// <summary>The parser says that a tab indents a line, but not which.</summary>
    private TextSpan? FindTab(YamlException exception)
    {
        if (exception.Start.Index > 0 || exception.Message.IndexOf("tab as indentation", StringComparison.Ordinal) < 0)
            return null;
        var text = issues.Text;
        for (var line = text.Lines.GetLineFromPosition(Math.Min(_last.End, text.Length)).LineNumber; line < text.Lines.Count; line++)
        {
            var at = text.Lines[line].Start;
            while (at < text.Length && text[at] == ' ')
                at++;
            if (at < text.Length && text[at] == '\t')
                return new TextSpan(at, 1);
        }

        return null;
    }

    private sealed class Frame(YamlNode node, AnchorName anchor, bool isFlow)
    {
        public bool IsFlow { get; } = isFlow;

        public YamlNode Node { get; } = node;

        public AnchorName Anchor { get; } = anchor;

        public YamlScalar? Key { get; set; }
    }
}
