using CsCheck;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Templates;

namespace Tasker.Generators.CodeFixes.Tests;

public sealed class DependencyEditTests
{
    private const string Template = """
        name: shop
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: load, handler: { callable: load } }
          - name: read # this one
            type: standard
            dependencies:
              - other
            handler: { callable: r }
          - { name: other, dependencies: [ load ], handler: { callable: o } }
        """;

    /// <summary>Whatever a file looks like, an edit that is offered does what it says and changes nothing else.</summary>
    [Fact]
    public void An_edit_adds_the_dependency_or_is_not_offered()
    {
        string[] pieces = ["", "\n", " ", "  ", "- ", "[", "]", "{", "}", ": ", ", ", "# ", "'", "\"", "&a ", "*a", "| ", "> ", "~", "!!str ", "dependencies", "depends_on: [x]\n", "name: read\n", "\t", "\r\n", "? ", "---\n", "x"];
        Gen.Select(Gen.Int[0, Template.Length], Gen.Int[0, 12], Gen.Int[0, pieces.Length - 1]).Array[0, 3].Sample(
            edits =>
            {
                var yaml = edits.Aggregate(Template, (text, edit) =>
                {
                    var at = Math.Min(edit.Item1, text.Length);
                    return string.Concat(text.AsSpan(0, at), pieces[edit.Item3], text.AsSpan(Math.Min(at + edit.Item2, text.Length)));
                });
                var text = SourceText.From(yaml);
                if (DependencyEdit.Find(text, "read", "load", CancellationToken.None) is not { } change)
                    return;

                var before = TemplateParser.Parse("", text, CancellationToken.None).Model!.Steps;
                var after = TemplateParser.Parse("", text.WithChanges(change), CancellationToken.None).Model!.Steps;
                Assert.Equal(before.Select(step => step.Name), after.Select(step => step.Name));
                foreach (var (old, @new) in before.Zip(after))
                    Assert.Equal(old.Name == "read" ? old.Dependencies.Append("load") : old.Dependencies, @new.Dependencies);
            },
            iter: 5_000,
            print: edits => string.Join(" ", edits));
    }
}
