using System.Text.RegularExpressions;

namespace Tasker.Architecture.Tests;

public sealed partial class DocumentationTests
{
    [Fact]
    public void Every_relative_link_leads_somewhere()
    {
        var broken =
            from file in Repository.Files()
            where file.Path.EndsWith(".md", StringComparison.Ordinal)
            from Match link in Link().Matches(File.ReadAllText(file.FullPath))
            let target = Path.Combine(Path.GetDirectoryName(file.FullPath)!, link.Groups["target"].Value)
            where !File.Exists(target) && !Directory.Exists(target)
            select $"{file.Path}: {link.Groups["target"].Value}";

        Assert.Empty(broken);
    }

    [Fact]
    public void Every_decision_is_in_the_index()
    {
        var folder = Path.Combine(Repository.Root, "docs", "adr");
        var index = File.ReadAllText(Path.Combine(folder, "README.md"));

        Assert.All(
            Directory.GetFiles(folder, "0*.md").Select(path => Path.GetFileName(path)),
            decision => Assert.Contains($"({decision})", index, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"\]\((?!https?:|#)(?<target>[^)#\s]+)[^)]*\)")]
    private static partial Regex Link();
}
