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

    // The project's own namespaces may begin like that of the base class library.
    [InlineData("namespace System.Acme { public sealed record A(int B); public static class X { [Tasker.StepHandler(\"a\")] public static A B(A a) => a; } }")]
    public async Task It_compiles(string source, string? template = null)
    {
        var project = new Project { Sources = [source], Templates = template is null ? [] : [("/t.task.yaml", template)] };
        var own = CompiledProject.Create(project);
        Assert.DoesNotContain(own.GetDiagnostics(TestContext.Current.CancellationToken), diagnostic => diagnostic.Severity is DiagnosticSeverity.Error);

        Assert.Empty(await CompiledProject.FindProblemsAsync(project, own));
    }
}
