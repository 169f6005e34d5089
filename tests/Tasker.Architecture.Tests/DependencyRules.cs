namespace Tasker.Architecture.Tests;

/// <summary>Who may know whom. The table in <c>docs/architecture.md</c>, as code.</summary>
internal static class DependencyRules
{
    /// <summary>The shipped projects: the projects each may refer to, and the packages (<c>*</c> ends a prefix).</summary>
    private static readonly Dictionary<string, (string[] Projects, string[] Packages)> Shipped = new()
    {
        ["Tasker.Abstractions"] = ([], []),
        ["Tasker.Generators"] = ([], ["Microsoft.CodeAnalysis.CSharp", "Microsoft.CodeAnalysis.Analyzers", "PolySharp", "YamlDotNet"]),
        ["Tasker.Generators.CodeFixes"] =
            (["Tasker.Generators"], ["Microsoft.CodeAnalysis.CSharp.Workspaces", "Microsoft.CodeAnalysis.Analyzers", "PolySharp"]),
        ["Tasker.Runtime"] = (["Tasker.Abstractions"], ["Microsoft.Extensions.*"]),
        ["Tasker.Http.Resilience"] = (["Tasker.Runtime"], ["Microsoft.Extensions.Http.Resilience"]),
        ["Tasker.JsonSchema"] = (["Tasker.Abstractions", "Tasker.Runtime"], ["NJsonSchema"]),
        ["Tasker.Embedded"] = (["Tasker.Abstractions", "Tasker.Runtime"], ["Microsoft.Data.Sqlite", "Microsoft.Extensions.*"]),
        ["Tasker.Postgres"] = (["Tasker.Abstractions", "Tasker.Runtime"], ["Npgsql", "Microsoft.Extensions.*"]),
        ["Tasker.RabbitMq"] = (["Tasker.Postgres"], ["RabbitMQ.Client", "Microsoft.Extensions.*"]),
        ["Tasker.Testing"] =
            (["Tasker.Abstractions", "Tasker.Runtime", "Tasker.Embedded"], ["Microsoft.Extensions.Hosting", "Microsoft.Extensions.TimeProvider.Testing"]),
        ["Tasker"] =
            (["Tasker.Abstractions", "Tasker.Runtime", "Tasker.Embedded", "Tasker.Generators", "Tasker.Generators.CodeFixes"], []),
    };

    /// <summary>They run the generator in a test and compile its output against the real runtime; nothing of it ships.</summary>
    private static readonly string[] MayKnowCompilerAndRuntime =
        ["Tasker.Generators.Tests", "Tasker.Generators.CodeFixes.Tests", "Tasker.Packaging.Tests", "Tasker.Benchmarks"];

    /// <summary>One sentence for each rule that is broken.</summary>
    public static IReadOnlyList<string> Check(IReadOnlyList<ProjectFile> projects)
    {
        var byName = projects.ToDictionary(project => project.Name);
        return [.. projects.SelectMany(project => Check(project, byName))];
    }

    private static IEnumerable<string> Check(ProjectFile project, Dictionary<string, ProjectFile> all)
    {
        if (project.Area == "src")
        {
            if (!Shipped.TryGetValue(project.Name, out var allowed))
            {
                yield return $"{project.Path} is not in the dependency table; add it to docs/architecture.md and DependencyRules.";
                yield break;
            }

            foreach (var reference in project.References.Concat(project.Analyzers).Except(allowed.Projects))
                yield return $"{project.Path} must not refer to the project {reference}.";
            foreach (var package in project.Packages.Where(package => !allowed.Packages.Any(rule => Matches(rule, package))))
                yield return $"{project.Path} must not refer to the package {package}.";
        }

        foreach (var missing in project.References.Concat(project.Analyzers).Where(reference => !all.ContainsKey(reference)))
            yield return $"{project.Path} refers to the project {missing}, which does not exist.";

        if (project.Area is "src" or "samples" && project.Name != "Tasker.Generators.CodeFixes" && project.Packages.Any(IsWorkspaces))
            yield return $"{project.Path} must not refer to Workspaces: a compiler host does not have them.";

        if (project.Name != "Tasker" && !MayKnowCompilerAndRuntime.Contains(project.Name))
        {
            var known = WithReferences(project, all);
            if (known.Any(one => one.Packages.Any(IsRoslyn)) && known.Any(one => one.Name == "Tasker.Runtime"))
                yield return $"{project.Path} knows both Roslyn and Tasker.Runtime.";
        }
    }

    private static List<ProjectFile> WithReferences(ProjectFile project, Dictionary<string, ProjectFile> all)
    {
        var known = new List<ProjectFile> { project };
        for (var i = 0; i < known.Count; i++)
        {
            foreach (var reference in known[i].References)
            {
                if (all.TryGetValue(reference, out var next) && !known.Contains(next))
                    known.Add(next);
            }
        }

        return known;
    }

    private static bool Matches(string rule, string package) =>
        rule.EndsWith('*') ? package.StartsWith(rule[..^1], StringComparison.Ordinal) : package == rule;

    private static bool IsWorkspaces(string package) =>
        package.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && package.EndsWith("Workspaces", StringComparison.Ordinal);

    private static bool IsRoslyn(string package) =>
        package.StartsWith("Microsoft.CodeAnalysis", StringComparison.Ordinal) && !package.EndsWith("Analyzers", StringComparison.Ordinal);
}
