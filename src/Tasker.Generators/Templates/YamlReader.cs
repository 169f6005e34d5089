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

    private readonly Stack<Frame> _open = new();
    private readonly Dictionary<string, YamlNode> _anchors = new(StringComparer.Ordinal);
    private YamlNode? _root;
    private TextSpan _last;

    /// <summary>Whether reading stopped early.</summary>
    public bool IsTruncated { get; private set; }

    public YamlNode? Read(CancellationToken cancellationToken)
    {
        try
        {
            var parser = new Parser(new StringReader(issues.Text.ToString()));
            while (!IsTruncated && parser.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
                Accept(parser.Current!);
            }
        }
        catch (YamlException exception)
        {
            Stop(Span(exception.Start, exception.End), Sentence(exception));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // The parser has no contract for hostile text; whatever it throws is about the place it has reached.
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
                var isPlain = scalar.Style is ScalarStyle.Plain && scalar.Tag is { IsEmpty: true } or { IsNonSpecific: true };
                Place(new YamlScalar(span, scalar.Value, isPlain), scalar.Anchor);
                break;
            case AnchorAlias alias:
                if (_anchors.TryGetValue(alias.Value.Value, out var node))
                    Place(node, AnchorName.Empty);
                else
                    Stop(span, $"The alias '*{alias.Value.Value}' refers to no complete node before it.");
                break;
            case SequenceStart sequence:
                Open(new Frame(new YamlSequence(span), sequence.Anchor), span);
                break;
            case MappingStart mapping:
                Open(new Frame(new YamlMapping(span), mapping.Anchor), span);
                break;
            case SequenceEnd or MappingEnd:
                Close();
                break;
        }
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

    private sealed class Frame(YamlNode node, AnchorName anchor)
    {
        public YamlNode Node { get; } = node;

        public AnchorName Anchor { get; } = anchor;

        public YamlScalar? Key { get; set; }
    }
}
