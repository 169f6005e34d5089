using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;

namespace Tasker.Generators.CodeFixes;

/// <summary>Lets a step wait for what its handler reads, by adding the dependency to the template's file.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(DependencyFix))]
[Shared]
public sealed class DependencyFix : CodeFixProvider
{
    /// <inheritdoc/>
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [RuleIds.NotAnAncestor];

    /// <inheritdoc/>
    public override FixAllProvider GetFixAllProvider() => new DependencyFixAll();

    /// <inheritdoc/>
    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        foreach (var diagnostic in context.Diagnostics)
        {
            var properties = diagnostic.Properties;
            if (!properties.TryGetValue(TaskerGraphAnalyzer.Template, out var identity) || identity is null
                || !properties.TryGetValue(TaskerGraphAnalyzer.Step, out var step) || step is null
                || !properties.TryGetValue(TaskerGraphAnalyzer.Dependency, out var dependency) || dependency is null)
            {
                continue;
            }

            var project = context.Document.Project;
            if (await ProjectTemplate.FindAsync(project, identity, context.CancellationToken).ConfigureAwait(false) is not { } template
                || DependencyEdit.Find(template.Text, step, dependency, context.CancellationToken) is not { } change)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(
                    $"Let step '{step}' of '{template.Document.Name}' depend on '{dependency}'",
                    _ => Task.FromResult(project.Solution.WithAdditionalDocumentText(template.Document.Id, template.Text.WithChanges(change))),
                    equivalenceKey: nameof(DependencyFix)),
                diagnostic);
        }
    }
}
