using System.Text.RegularExpressions;

namespace Tasker.Architecture.Tests;

/// <summary>What no file of the repository may contain.</summary>
internal static partial class TextRules
{
    private static readonly string[] TextFiles =
        [".cs", ".csproj", ".props", ".targets", ".config", ".json", ".yaml", ".yml", ".md", ".editorconfig", ".globalconfig", ".sln", ".sh"];

    /// <summary>One sentence for each line that breaks a rule.</summary>
    public static IEnumerable<string> Check(string path, string text)
    {
        if (!IsText(path))
            yield break;

        var number = 0;
        foreach (var line in text.Split('\n'))
        {
            number++;
            if (Rule(path, line) is { } broken)
                yield return $"{path}({number}) {broken}";
        }
    }

    public static bool IsText(string path) =>
        TextFiles.Contains(Path.GetExtension(path)) || path.StartsWith(".ci/", StringComparison.Ordinal) || Path.GetFileName(path) == ".gitignore";

    private static string? Rule(string path, string line)
    {
        if (!path.EndsWith(".md", StringComparison.Ordinal) && SilencedTrimWarning().IsMatch(line))
            return "silences a trim or AOT warning; mend its cause instead.";
        if (path.EndsWith("NuGet.config", StringComparison.OrdinalIgnoreCase) && line.Contains("://", StringComparison.Ordinal))
            return "names a package host; sources come from the machine.";
        if (MachinePath().IsMatch(line))
            return "names a path of one machine.";
        return RegistryHost().IsMatch(line) ? "names a registry's address." : null;
    }

    [GeneratedRegex(@"(pragma\s+warning\s+disable|NoWarn|WarningsNotAsErrors|SuppressMessage|dotnet_diagnostic\.).*\bIL[23]\d{3}|SuppressTrimAnalysisWarnings>\s*true", RegexOptions.IgnoreCase)]
    private static partial Regex SilencedTrimWarning();

    [GeneratedRegex(@"(?<![\w.])/(work|root|farm|home/\w+|Users/\w+)/|\b[A-Z]:\\Users\\", RegexOptions.None)]
    private static partial Regex MachinePath();

    [GeneratedRegex(@"/v[23]/index\.json|https?://registry\.", RegexOptions.IgnoreCase)]
    private static partial Regex RegistryHost();
}
