namespace Tasker.Architecture.Tests;

public sealed class DependencyTests
{
    [Fact]
    public void The_repository_keeps_to_the_dependency_table()
    {
        var projects = Repository.Projects();

        Assert.Contains(projects, project => project.Name == "Tasker.Abstractions");
        Assert.Contains(projects, project => project.Name == "Tasker.Runtime");
        Assert.Empty(DependencyRules.Check(projects));
    }

    [Theory]
    [InlineData("src/Tasker.Abstractions", "Package:Newtonsoft.Json", "src/Tasker.Abstractions/Tasker.Abstractions.csproj must not refer to the package Newtonsoft.Json.")]
    [InlineData("src/Tasker.Abstractions", "Project:Tasker.Runtime", "src/Tasker.Abstractions/Tasker.Abstractions.csproj must not refer to the project Tasker.Runtime.")]
    [InlineData("src/Tasker.Abstractions", "Analyzer:Tasker.Generators", "src/Tasker.Abstractions/Tasker.Abstractions.csproj must not refer to the project Tasker.Generators.")]
    [InlineData("src/Tasker.Runtime", "Package:Microsoft.Data.Sqlite", "src/Tasker.Runtime/Tasker.Runtime.csproj must not refer to the package Microsoft.Data.Sqlite.")]
    [InlineData("src/Tasker.Runtime", "Project:Tasker.Embedded", "src/Tasker.Runtime/Tasker.Runtime.csproj must not refer to the project Tasker.Embedded.")]
    [InlineData("src/Tasker.Embedded", "Package:Npgsql", "src/Tasker.Embedded/Tasker.Embedded.csproj must not refer to the package Npgsql.")]
    [InlineData("src/Tasker.Postgres", "Project:Tasker.Embedded", "src/Tasker.Postgres/Tasker.Postgres.csproj must not refer to the project Tasker.Embedded.")]
    [InlineData("src/Tasker.Generators", "Project:Tasker.Abstractions", "src/Tasker.Generators/Tasker.Generators.csproj must not refer to the project Tasker.Abstractions.")]
    [InlineData("src/Tasker.Generators", "Package:Microsoft.CodeAnalysis.CSharp.Workspaces", "src/Tasker.Generators/Tasker.Generators.csproj must not refer to Workspaces: a compiler host does not have them.")]
    [InlineData("src/Tasker.Novelty", "Package:Anything", "src/Tasker.Novelty/Tasker.Novelty.csproj is not in the dependency table; add it to docs/architecture.md and DependencyRules.")]
    [InlineData("samples/Any", "Project:Tasker.Gone", "samples/Any/Any.csproj refers to the project Tasker.Gone, which does not exist.")]
    public void A_forbidden_reference_is_found(string folder, string reference, string expected) =>
        Assert.Contains(expected, DependencyRules.Check([.. Others(folder), Project(folder, reference)]));

    [Fact]
    public void A_project_that_reaches_the_compiler_and_the_runtime_is_found_through_its_references()
    {
        var sample = Project("samples/Both", "Project:Tasker.Generators", "Project:Tasker.Embedded");

        Assert.Equal(["samples/Both/Both.csproj knows both Roslyn and Tasker.Runtime."], DependencyRules.Check([.. Others(""), sample]));
    }

    [Fact]
    public void A_generator_referred_to_as_an_analyzer_is_no_dependency()
    {
        var sample = Project("samples/Good", "Analyzer:Tasker.Generators", "Project:Tasker.Embedded");

        Assert.Empty(DependencyRules.Check([.. Others(""), sample]));
    }

    [Fact]
    public void Metadata_of_a_reference_may_be_an_element()
    {
        var project = ProjectFile.Parse("samples/A/A.csproj", """
            <Project><ItemGroup><ProjectReference Include="..\..\src\Tasker.Generators\Tasker.Generators.csproj">
              <ReferenceOutputAssembly>False</ReferenceOutputAssembly></ProjectReference></ItemGroup></Project>
            """);

        Assert.Equal(["Tasker.Generators"], project.Analyzers);
        Assert.Empty(project.References);
    }

    private static IEnumerable<ProjectFile> Others(string except) =>
        new[]
        {
            Project("src/Tasker.Abstractions"),
            Project("src/Tasker.Runtime", "Project:Tasker.Abstractions", "Package:Microsoft.Extensions.Logging"),
            Project("src/Tasker.Embedded", "Project:Tasker.Runtime", "Package:Microsoft.Data.Sqlite"),
            Project("src/Tasker.Generators", "Package:Microsoft.CodeAnalysis.CSharp", "Package:YamlDotNet"),
        }.Where(project => !project.Path.StartsWith(except + "/", StringComparison.Ordinal));

    private static ProjectFile Project(string folder, params string[] references)
    {
        var items = references.Select(reference => reference.Split(':')).Select(parts => parts[0] switch
        {
            "Package" => $"<PackageReference Include=\"{parts[1]}\" />",
            "Analyzer" => $"<ProjectReference Include=\"../{parts[1]}/{parts[1]}.csproj\" OutputItemType=\"Analyzer\" ReferenceOutputAssembly=\"false\" />",
            _ => $"<ProjectReference Include=\"../{parts[1]}/{parts[1]}.csproj\" />",
        });
        return ProjectFile.Parse(
            $"{folder}/{folder.Split('/')[1]}.csproj",
            $"<Project Sdk=\"Microsoft.NET.Sdk\"><ItemGroup>{string.Concat(items)}</ItemGroup></Project>");
    }
}
