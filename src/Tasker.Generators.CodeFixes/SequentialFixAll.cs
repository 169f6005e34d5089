using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;

namespace Tasker.Generators.CodeFixes;

/// <summary>
/// Mends all diagnostics of a kind one after the other, each in what the ones before it made: for fixes where one can make the next unnecessary, which
/// the usual provider, that merges changes made apart, cannot know.
/// </summary>
internal abstract class SequentialFixAll : FixAllProvider
{
    public sealed override IEnumerable<FixAllScope> GetSupportedFixAllScopes() => [FixAllScope.Document, FixAllScope.Project, FixAllScope.Solution];

    public sealed override async Task<CodeAction?> GetFixAsync(FixAllContext fixAllContext)
    {
        var projects = fixAllContext.Scope is FixAllScope.Solution ? fixAllContext.Solution.Projects : [fixAllContext.Project];
        var found = new List<(Project Project, IReadOnlyList<Diagnostic> Diagnostics)>();
        foreach (var project in projects)
        {
            var diagnostics = fixAllContext is { Scope: FixAllScope.Document, Document: { } document }
                ? await fixAllContext.GetDocumentDiagnosticsAsync(document).ConfigureAwait(false)
                : await fixAllContext.GetAllDiagnosticsAsync(project).ConfigureAwait(false);
            if (!diagnostics.IsEmpty)
                found.Add((project, [.. diagnostics.OrderBy(Path, StringComparer.Ordinal).ThenBy(diagnostic => diagnostic.Location.SourceSpan.Start)]));
        }

        return found.Count == 0 ? null : CodeAction.Create(Title, cancellationToken => FixAsync(fixAllContext.Solution, found, cancellationToken), equivalenceKey: Title);
    }

    /// <summary>What the editor shows.</summary>
    protected abstract string Title { get; }

    /// <summary>The solution without the diagnostics of one project, which come in the order of files and places.</summary>
    protected abstract Task<Solution> FixAsync(Solution solution, Project project, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken);

    private async Task<Solution> FixAsync(Solution solution, List<(Project Project, IReadOnlyList<Diagnostic> Diagnostics)> found, CancellationToken cancellationToken)
    {
        foreach (var (project, diagnostics) in found)
            solution = await FixAsync(solution, project, diagnostics, cancellationToken).ConfigureAwait(false);
        return solution;
    }

    private static string Path(Diagnostic diagnostic) => diagnostic.Location.SourceTree?.FilePath ?? "";
}
