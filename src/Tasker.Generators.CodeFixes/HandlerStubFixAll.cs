using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Models;

namespace Tasker.Generators.CodeFixes;

/// <summary>Adds the missing handlers of all templates: those of each template to the first of the classes that have some of it.</summary>
internal sealed class HandlerStubFixAll : SequentialFixAll
{
    protected override string Title => "Add all missing handlers";

    protected override async Task<Solution> FixAsync(Solution solution, Project project, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        var places = new List<(Document Document, SyntaxNode Root, TypeDeclarationSyntax Type, TemplateModel Template)>();
        foreach (var diagnostic in diagnostics)
        {
            if (diagnostic.Properties.TryGetValue(TaskerGraphAnalyzer.Template, out var identity)
                && identity is not null
                && !settled.Contains(identity)
                && project.GetDocument(diagnostic.Location.SourceTree) is { } document
                && await document.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is { } root
                && HandlerStubFix.FindType(root, diagnostic) is { } type
                && await ProjectTemplate.FindAsync(project, identity, cancellationToken).ConfigureAwait(false) is { } template)
            {
                settled.Add(identity);
                places.Add((document, root, type, template.Model));
            }
        }

        // Two templates may lack the same handler.
        var written = new HashSet<string>(StringComparer.Ordinal);
        foreach (var file in places.GroupBy(place => place.Document.Id))
        {
            var (document, root, _, _) = file.First();
            var additions = file.ToLookup(place => place.Type, place => place.Template);
            var changed = await HandlerStubFix.AddAsync(document, root, additions, written, cancellationToken).ConfigureAwait(false);
            if (await changed.GetSyntaxRootAsync(cancellationToken).ConfigureAwait(false) is { } changedRoot)
                solution = solution.WithDocumentSyntaxRoot(document.Id, changedRoot);
        }

        return solution;
    }
}
