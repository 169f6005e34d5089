using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.CodeFixes;

/// <summary>
/// Mends all diagnostics of a kind, each by itself, and puts the changes together. The usual provider does the same, but only for the fix that was chosen; <c>dotnet format</c> chooses
/// by whatever the analyzer said first, which may be of another kind. The fixes here have one action each, so there is nothing to choose.
/// </summary>
internal static class MergedFixAll
{
    public static FixAllProvider Provider { get; } = FixAllProvider.Create(FixAsync);

    private static async Task<Document?> FixAsync(FixAllContext context, Document document, ImmutableArray<Diagnostic> diagnostics)
    {
        var changes = new List<TextChange>();
        foreach (var diagnostic in diagnostics.OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            // Two fixes may change something alike; of two that get in each other's way the first is applied.
            var wanted = (await ChangesAsync(context, document, diagnostic).ConfigureAwait(false)).Except(changes).ToList();
            if (!wanted.Any(change => changes.Any(other => other.Span.IntersectsWith(change.Span))))
                changes.AddRange(wanted);
        }

        var text = await document.GetTextAsync(context.CancellationToken).ConfigureAwait(false);
        return document.WithText(text.WithChanges(changes.OrderBy(change => change.Span.Start)));
    }

    private static async Task<IEnumerable<TextChange>> ChangesAsync(FixAllContext context, Document document, Diagnostic diagnostic)
    {
        var action = default(CodeAction);
        var one = new CodeFixContext(document, diagnostic, (found, _) => action ??= found, context.CancellationToken);
        await context.CodeFixProvider.RegisterCodeFixesAsync(one).ConfigureAwait(false);
        if (action is null)
            return [];
        var operations = await action.GetOperationsAsync(context.CancellationToken).ConfigureAwait(false);
        var changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        return await changed.GetTextChangesAsync(document, context.CancellationToken).ConfigureAwait(false);
    }
}
