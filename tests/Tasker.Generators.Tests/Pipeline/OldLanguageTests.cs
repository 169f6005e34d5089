using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Pipeline;

/// <summary>A language version that generated code cannot be compiled with.</summary>
public sealed class OldLanguageTests
{
    private const string Source = "public static class C { [StepHandler(\"a\")] public static int A() => 1; static void Main() { } }";

    private static readonly (string, string) Template =
        ("a.workflow.yaml", "name: flow\nnamespace_name: n\nversion: 1.0.0\nsteps:\n  - { name: first, handler: { callable: a } }\n");

    [Fact]
    public void It_is_all_that_is_reported_and_nothing_is_generated()
    {
        var host = Host(LanguageVersion.CSharp11);
        var run = host.Run();

        var diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(RuleIds.OldLanguage, diagnostic.Id);
        Assert.Equal(Location.None, diagnostic.Location);
        Assert.Equal(
            "Tasker generates C# 12, and this project is set to C# 11.0, so nothing is generated; remove LangVersion from the project or set it to 12 or later",
            diagnostic.Message());
        Assert.Empty(run.GeneratedSources);
    }

    [Fact]
    public void The_oldest_version_that_is_new_enough_compiles_what_is_generated()
    {
        var host = Host(LanguageVersion.CSharp12);
        var run = host.Run();

        Assert.Empty(run.Diagnostics);
        Assert.NotEmpty(run.GeneratedSources);
        Assert.Empty(host.Problems());
    }

    [Fact]
    public void A_project_without_tasker_may_use_what_it_likes()
    {
        var host = Host(LanguageVersion.CSharp11);
        host.Change(compilation => compilation.WithReferences(compilation.References.Where(reference => reference.Display?.Contains("Tasker", StringComparison.Ordinal) is not true)));

        Assert.Empty(host.Run().Diagnostics);
    }

    private static GeneratorHost Host(LanguageVersion version)
    {
        var host = new GeneratorHost(Source, version, Template);
        host.Change(compilation => compilation.WithOptions(compilation.Options.WithOutputKind(OutputKind.ConsoleApplication)));
        return host;
    }
}
