using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Analyzers;

/// <summary>The template files of a project, for analyzers.</summary>
internal static class TemplateTexts
{
    /// <summary>With it, the compiler keeps what a text was parsed to.</summary>
    public static readonly SourceTextValueProvider<ParsedTemplate> Parser =
        new(static text => TemplateParser.ParseText(text, CancellationToken.None));

    /// <summary>Those whose name at least is known.</summary>
    public static List<ParsedTemplate> Read(AnalyzerOptions options, Func<SourceText, ParsedTemplate?> parse, CancellationToken cancellationToken)
    {
        var templates = new List<ParsedTemplate>();
        foreach (var file in options.AdditionalFiles)
        {
            if (TemplateFiles.IsTemplate(file, options.AnalyzerConfigOptionsProvider)
                && file.GetText(cancellationToken) is { } text
                && parse(text) is { Model: not null } parsed)
            {
                templates.Add(parsed with { Path = file.Path });
            }
        }

        return templates;
    }
}
