using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Templates;

namespace Tasker.Generators.CodeFixes;

/// <summary>Adds a dependency to a step of a template file and leaves everything else in it as it is.</summary>
internal static class DependencyEdit
{
    private static readonly string[] Keys = ["dependencies", "depends_on"];

    /// <summary>The one change to the file, or <see langword="null"/> when it is written in a way that has no obvious place for it.</summary>
    public static TextChange? Find(SourceText text, string step, string dependency, CancellationToken cancellationToken) =>
        FindPlace(text, step, dependency, cancellationToken) is { } change && DoesOnlyThat(text, change, step, dependency, cancellationToken) ? change : null;

    /// <summary>YAML has more ways to write a thing than one can foresee, so the changed file is read again.</summary>
    private static bool DoesOnlyThat(SourceText text, TextChange change, string step, string dependency, CancellationToken cancellationToken)
    {
        if (TemplateParser.Parse("", text, cancellationToken).Model is not { } before)
            return false;
        var steps = before.Steps.Select(item => item.Name == step ? item with { Dependencies = [.. item.Dependencies, dependency] } : item).ToList();
        return (before with { Steps = steps.ToEquatableArray() }).Equals(TemplateParser.Parse("", text.WithChanges(change), cancellationToken).Model);
    }

    private static TextChange? FindPlace(SourceText text, string step, string dependency, CancellationToken cancellationToken)
    {
        var reader = new YamlReader(new IssueList("", text));
        if (reader.Read(cancellationToken) is not YamlMapping template || reader.IsTruncated || FindStep(template, step) is not { } mapping)
            return null;
        var name = Scalar(dependency);
        foreach (var entry in mapping.Entries)
        {
            if (!Keys.Contains(entry.Key.Text))
                continue;

            // What stands before its own key is an alias of a list elsewhere, which other steps may share.
            if (entry.Value.Span.Start < entry.Key.Span.End)
                return null;
            return entry.Value switch
            {
                YamlSequence list => Append(text, list, name),
                YamlScalar { IsNull: true } nothing => Replace(text, entry.Key, nothing, name),
                _ => null,
            };
        }

        return AddKey(text, mapping, name);
    }

    private static YamlMapping? FindStep(YamlMapping template, string name)
    {
        foreach (var item in (template["steps"] as YamlSequence)?.Items ?? [])
        {
            if (item is YamlMapping step && step["name"] is YamlScalar scalar && scalar.Text == name)
                return step;
        }

        return null;
    }

    private static TextChange? Append(SourceText text, YamlSequence list, string name)
    {
        var isFlow = At(text, list.Span.Start) == '[';
        if (list.Items.Count == 0)
            return isFlow ? Insert(list.Span.Start + 1, name) : null;
        var last = list.Items[list.Items.Count - 1];
        if (last is not YamlScalar || last.Span.Start < list.Span.Start)
            return null;
        if (isFlow)
            return Insert(last.Span.End, ", " + name);

        // The same dash at the same column, in a line after the last item's.
        var line = text.Lines.GetLineFromPosition(last.Span.Start);
        var dash = text.ToString(TextSpan.FromBounds(line.Start, last.Span.Start));
        return dash.Trim() == "-" && last.Span.End <= line.End ? Insert(line.End, NewLine(text) + dash + name) : null;
    }

    private static TextChange? Replace(SourceText text, YamlScalar key, YamlScalar nothing, string name)
    {
        if (nothing.Text.Length > 0)
            return new TextChange(nothing.Span, $"[{name}]");
        return At(text, key.Span.End) == ':' ? Insert(key.Span.End + 1, $" [{name}]") : null;
    }

    /// <summary>A new key after the step's type, or else its name, which people write first.</summary>
    private static TextChange? AddKey(SourceText text, YamlMapping step, string name)
    {
        var after = step.Entries.LastOrDefault(entry => entry.Key.Text is "name" or "type" or "step_type" && entry.Value is YamlScalar);
        if (after.Value is not { } value || value.Span.Start < after.Key.Span.End)
            return null;
        if (At(text, step.Span.Start) == '{')
            return Insert(value.Span.End, $", dependencies: [{name}]");
        var line = text.Lines.GetLineFromPosition(after.Key.Span.Start);
        return value.Span.End <= line.End
            ? Insert(line.End, NewLine(text) + new string(' ', after.Key.Span.Start - line.Start) + $"dependencies: [{name}]")
            : null;
    }

    private static TextChange Insert(int position, string what) => new(new TextSpan(position, 0), what);

    private static char At(SourceText text, int position) => position < text.Length ? text[position] : '\0';

    private static string NewLine(SourceText text)
    {
        var first = text.Lines[0];
        return first.EndIncludingLineBreak > first.End ? text.ToString(TextSpan.FromBounds(first.End, first.EndIncludingLineBreak)) : "\n";
    }

    /// <summary>Plain when nothing in it can be taken for something else.</summary>
    private static string Scalar(string name)
    {
        var isPlain = name.All(c => c is '_' or '-' || (c < 128 && char.IsLetterOrDigit(c))) && char.IsLetter(name[0]);
        return isPlain && name.ToLowerInvariant() is not ("true" or "false" or "null" or "yes" or "no" or "on" or "off" or "y" or "n")
            ? name
            : "\"" + name.Replace("\\", "\\\\").Replace("\"", "\\\"") + "\"";
    }
}
