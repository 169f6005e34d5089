using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.CodeFixes;

/// <summary>A template file of a project.</summary>
internal sealed class ProjectTemplate
{
    private ProjectTemplate(TextDocument document, SourceText text, TemplateModel model)
    {
        Document = document;
        Text = text;
        Model = model;
    }

    public TextDocument Document { get; }

    public SourceText Text { get; }

    public TemplateModel Model { get; }

    /// <summary>The template with this identity, if a file of the project defines it.</summary>
    public static async Task<ProjectTemplate?> FindAsync(Project project, string identity, CancellationToken cancellationToken)
    {
        foreach (var document in project.AdditionalDocuments)
        {
            // A cheap look at the name first: most additional files are no templates.
            if (!document.Name.EndsWith(".yaml", StringComparison.OrdinalIgnoreCase) && !document.Name.EndsWith(".yml", StringComparison.OrdinalIgnoreCase))
                continue;
            var text = await document.GetTextAsync(cancellationToken).ConfigureAwait(false);
            if (TemplateParser.Parse(document.FilePath ?? document.Name, text, cancellationToken).Model is { } model && model.Identity == identity)
                return new ProjectTemplate(document, text, model);
        }

        return null;
    }
}
