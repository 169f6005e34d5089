using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Graph;

namespace Tasker.Generators.CodeFixes;

/// <summary>Adds all missing dependencies; not those that another one that was added brings along, nor those that would now make a cycle.</summary>
internal sealed class DependencyFixAll : SequentialFixAll
{
    protected override string Title => "Add all missing dependencies";

    protected override async Task<Solution> FixAsync(Solution solution, Project project, IReadOnlyList<Diagnostic> diagnostics, CancellationToken cancellationToken)
    {
        foreach (var diagnostic in diagnostics)
        {
            var properties = diagnostic.Properties;
            if (!properties.TryGetValue(TaskerGraphAnalyzer.Template, out var identity) || identity is null
                || !properties.TryGetValue(TaskerGraphAnalyzer.Step, out var name) || name is null
                || !properties.TryGetValue(TaskerGraphAnalyzer.Dependency, out var dependency) || dependency is null
                || solution.GetProject(project.Id) is not { } changed
                || await ProjectTemplate.FindAsync(changed, identity, cancellationToken).ConfigureAwait(false) is not { } template)
            {
                continue;
            }

            var graph = new StepGraph(template.Model);
            if (graph.Find(name) is not { } step
                || graph.Find(dependency) is not { } source
                || graph.IsAncestor(dependency, step)
                || graph.IsAncestor(name, source)
                || DependencyEdit.Find(template.Text, name, dependency, cancellationToken) is not { } change)
            {
                continue;
            }

            solution = solution.WithAdditionalDocumentText(template.Document.Id, template.Text.WithChanges(change));
        }

        return solution;
    }
}
