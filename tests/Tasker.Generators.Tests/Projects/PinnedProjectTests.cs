using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Tests.Projects;

/// <summary>Small projects that once compiled only without what was generated for them; <see cref="ProjectTests"/> found them.</summary>
public sealed class PinnedProjectTests
{
    [Theory]

    // A type may be named like the keywords that are none everywhere.
    [InlineData("public sealed class @var { [Tasker.StepHandler(\"a\")] public Tasker.StepResult<int[]> A([Tasker.FromInput] int[] a, [Tasker.FromInput] System.Collections.Generic.Dictionary<string, B> b) => a; } public sealed class B { public int? C { get; set; } }")]
    [InlineData("namespace Shop { public sealed class @await { [Tasker.StepHandler(\"a\")] public System.Threading.Tasks.Task<@await> A([Tasker.FromInput] @await a) => null!; } }")]
    [InlineData("public enum @await { A } public static class X { [Tasker.StepHandler(\"a\")] public static async System.Threading.Tasks.Task A([Tasker.FromInput] @await a = @await.A) { await System.Threading.Tasks.Task.Yield(); } }")]

    // Tasker's own types say nothing about the CLS, so a project that does is warned of every use.
    [InlineData("[assembly: System.CLSCompliant(true)] public static class X { [Tasker.StepHandler(\"a\")] public static void A() { } }", "name: a\nnamespace_name: n\nversion: \"1\"\ninput_schema: { type: object, properties: { a: { } } }\nsteps: [{ name: a_1, handler: { callable: a } }]")]
    [InlineData("[assembly: System.CLSCompliant(true)] namespace shop { public static class X { [Tasker.StepHandler(\"a\")] public static void A() { } } }", "name: a\nnamespace_name: n\nversion: \"1\"\nsteps: [{ name: b, handler: { callable: a } }, { name: B, handler: { callable: a } }]")]

    // The project's own namespaces may begin like that of the base class library.
    [InlineData("namespace System.Acme { public sealed record A(int B); public static class X { [Tasker.StepHandler(\"a\")] public static A B(A a) => a; } }")]

    // A class that declares a template is opened again, lower-case name or not.
    [InlineData("#pragma warning disable CS8981\n[Tasker.TaskTemplate(\"t\", Namespace = \"n\", Version = \"1\")] public static partial class steps { [Tasker.StepHandler(\"a\")] public static void A() { } }")]

    // A small project may have a type of its own name, where templates would get a namespace.
    [InlineData("public static class Shop { [Tasker.StepHandler(\"a\")] public static void A() { } }", "name: a\nnamespace_name: n\nversion: \"1\"\nsteps: [{ name: a, handler: { callable: a } }]")]

    // Only a static class can get a template's members.
    [InlineData("namespace Shop { public sealed partial class A { [Tasker.StepHandler(\"a\")] public static void B() { } } internal static partial class ATemplate { } }", "name: a\nnamespace_name: n\nversion: \"1\"\nsteps: [{ name: a, handler: { callable: a } }]")]

    // The one constructor that may be called still.
    [InlineData("public sealed class X { public X() { } [System.Obsolete(\"no\", true)] public X(string a) { } [Tasker.StepHandler(\"a\")] public void A() { } }")]
    public async Task It_compiles(string source, string? template = null)
    {
        var project = new Project { Sources = [source], Templates = template is null ? [] : [("/t.task.yaml", template)] };
        var own = CompiledProject.Create(project);
        Assert.DoesNotContain(own.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity is DiagnosticSeverity.Error);

        Assert.Empty(await CompiledProject.FindProblemsAsync(project, own));
    }

    /// <summary>What generated code cannot do is said at the handler, and nothing else.</summary>
    [Theory]
    [InlineData("public sealed class A { [System.Obsolete(\"no\", true)] public int B { get; set; } }", "The property is marked obsolete as an error. Let it warn only, or add [JsonIgnore].")]
    [InlineData("public sealed class A { public int B { get; [System.Obsolete(\"no\", true)] set; } }", "The property is marked obsolete as an error. Let it warn only, or add [JsonIgnore].")]
    [InlineData("[method: System.Obsolete(\"no\", true)] public sealed record A(int B);", "Its constructor is marked obsolete as an error. Let it warn only.")]
    [InlineData("[System.Obsolete(\"no\", true)] public sealed record A(int B);", "It is marked obsolete as an error, for generated code too. Let it warn only.")]
    public async Task It_is_reported(string type, string message)
    {
        var project = new Project { Sources = [type + " public static class X { [System.Obsolete, Tasker.StepHandler(\"a\")] public static A Run() => null!; }"] };

        var problem = Assert.Single(await CompiledProject.FindProblemsAsync(project, CompiledProject.Create(project)));

        Assert.Equal("TSKR3001", problem.Id);
        Assert.EndsWith(message, problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture), StringComparison.Ordinal);
    }

    /// <summary>Each of the mistakes that <see cref="ProjectTests"/> plants, alone.</summary>
    [Fact]
    public async Task Every_mistake_is_reported_by_its_own_rule()
    {
        foreach (var mistake in PlantedMistake.All)
        {
            var project = new Project();
            mistake.Plant(project);
            var problems = await CompiledProject.FindProblemsAsync(project, CompiledProject.Create(project));
            Assert.True(problems.Count > 0 && problems.TrueForAll(problem => problem.Id == mistake.Rule), $"{mistake}\n{string.Join('\n', problems)}");
        }
    }
}
