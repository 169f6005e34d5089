using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Analyzers;

/// <summary>The template files of a project, for analyzers.</summary>
internal static class TemplateTexts
{
    /// <summary>With it, the compiler keeps what a text was parsed to.</summary>
    public static readonly SourceTextValueProvider<TemplateModel?> Parser =
        new(static text => TemplateParser.ParseModel(text, CancellationToken.None));

    public static List<(string Path, TemplateModel Model)> Read(AnalyzerOptions options, Func<SourceText, TemplateModel?> parse, CancellationToken cancellationToken)
    {
        var templates = new List<(string Path, TemplateModel Model)>();
        foreach (var file in options.AdditionalFiles)
        {
            if (TemplateFiles.IsTemplate(file, options.AnalyzerConfigOptionsProvider)
                && file.GetText(cancellationToken) is { } text
                && parse(text) is { } model)
            {
                templates.Add((file.Path, model));
            }
        }

        return templates;
    }
}
