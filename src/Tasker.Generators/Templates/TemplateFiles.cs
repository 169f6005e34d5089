using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Tasker.Generators.Templates;

/// <summary>The one place that decides which additional files are templates.</summary>
internal static class TemplateFiles
{
    public static bool IsTemplate(AdditionalText file, AnalyzerConfigOptionsProvider options) =>
        file.Path.EndsWith(".workflow.yaml", StringComparison.OrdinalIgnoreCase)
        || file.Path.EndsWith(".workflow.yml", StringComparison.OrdinalIgnoreCase)
        || (options.GetOptions(file).TryGetValue("build_metadata.AdditionalFiles.TaskerTemplate", out var value)
            && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
}
