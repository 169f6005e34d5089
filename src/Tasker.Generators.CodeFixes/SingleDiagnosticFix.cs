using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Tasker.Generators.CodeFixes;

/// <summary>A fix that changes one C# document, once for each diagnostic, so that all of a kind can be mended at once.</summary>
public abstract class SingleDiagnosticFix : CodeFixProvider
{
    /// <inheritdoc/>
    public sealed override FixAllProvider GetFixAllProvider() => MergedFixAll.Provider;

    /// <inheritdoc/>
    public sealed override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root)
            return;
        foreach (var diagnostic in context.Diagnostics)
        {
            var node = root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true);
            if (await FindEditAsync(context.Document, root, node, diagnostic, context.CancellationToken).ConfigureAwait(false) is not { } edit)
                continue;
            context.RegisterCodeFix(
                CodeAction.Create(
                    edit.Title,
                    edit.ApplyAsync,
                    equivalenceKey: GetType().Name),
                diagnostic);
        }
    }

    /// <summary>What would mend the diagnostic, or <see langword="null"/> when nothing simple does.</summary>
    private protected abstract Task<DocumentEdit?> FindEditAsync(
        Document document,
        SyntaxNode root,
        SyntaxNode node,
        Diagnostic diagnostic,
        CancellationToken cancellationToken);

    /// <summary>Replaces one node.</summary>
    private protected static DocumentEdit Replace(string title, Document document, SyntaxNode root, SyntaxNode old, SyntaxNode @new) =>
        new(title, _ => Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(old, @new))));

    /// <summary>A change of one document.</summary>
    private protected sealed class DocumentEdit(string title, Func<CancellationToken, Task<Document>> apply)
    {
        public string Title { get; } = title;

        public Task<Document> ApplyAsync(CancellationToken cancellationToken) => apply(cancellationToken);
    }
}
