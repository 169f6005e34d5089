using Microsoft.CodeAnalysis;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Templates;

/// <summary>How a template's steps fit their handlers, reported in the template.</summary>
public sealed class TemplateHandlerTests
{
    private const string Handlers = """
        public static class C
        {
            [StepHandler("load")] public static void Load() { }
            [StepHandler("pay", Method = "refund")] public static void Refund() { }
            [Decision("decide")] public static Decision Decide() => null!;
            [BatchAnalyzer("plan", WorkerTemplate = "work")] public static BatchPlan Plan() => null!;
        }
        """;

    [Theory]
    [InlineData("callable: load", "", null)]
    [InlineData("callable: pay, method: refund", "", null)]
    [InlineData("callable: decide", "type: decision, dependencies: [first], ", null)]
    [InlineData("callable: plan", "type: batchable, ", null)]
    [InlineData("callable: charge", "", "TSKR1015")]
    [InlineData("callable: pay", "", "TSKR1015")]
    [InlineData("callable: charge, resolver: python", "", null)]
    [InlineData("callable: load", "type: decision, dependencies: [first], ", "TSKR1016")]
    [InlineData("callable: decide", "", "TSKR1016")]
    [InlineData("callable: plan", "", "TSKR1016")]
    public void A_program_must_have_every_handler(string handler, string rest, string? expected) =>
        Assert.Equal(expected is null ? [] : [expected], Issues(OutputKind.ConsoleApplication, handler, rest).Select(issue => issue.Id));

    [Theory]
    [InlineData("callable: charge", null)]
    [InlineData("callable: laod", "TSKR1015")]
    public void A_library_s_handlers_may_live_elsewhere_unless_the_name_is_almost_right(string handler, string? expected) =>
        Assert.Equal(
            expected is null ? [] : [expected],
            Issues(OutputKind.DynamicallyLinkedLibrary, handler, "").Select(issue => issue.Id));

    [Fact]
    public void A_missing_handler_is_reported_at_the_callable_with_the_nearest_name()
    {
        var issue = Assert.Single(Issues(OutputKind.ConsoleApplication, "callable: laod", ""));

        Assert.Equal("x.workflow.yaml(6,42)", $"{issue.Location.GetLineSpan().Path}({issue.Location.GetLineSpan().StartLinePosition.Line + 1},{issue.Location.GetLineSpan().StartLinePosition.Character + 1})");
        Assert.Equal(
            "Step 'second' needs a handler with the callable 'laod', and there is none. Did you mean 'load'? Annotate a method, or set handler.resolver when a worker in another language runs the step.",
            issue.Message());
    }

    [Theory]
    [InlineData("callable: pay, method: refnd", "Did you mean the method 'refund'?")]
    [InlineData("callable: pai, method: refund", "Did you mean 'pay'?")]
    [InlineData("callable: pay, method: other", "and there is none. Annotate")]
    public void A_misspelt_method_is_told_from_a_misspelt_callable(string handler, string hint) =>
        Assert.Contains(hint, Assert.Single(Issues(OutputKind.ConsoleApplication, handler, "")).Message(), StringComparison.Ordinal);

    [Fact]
    public void The_handlers_of_a_referenced_assembly_count()
    {
        var library = Library.Compile("public static class D { [StepHandler(\"charge\")] public static void Charge() { } }");
        var host = Host(OutputKind.ConsoleApplication, "callable: charge", "");
        host.Change(compilation => compilation.AddReferences(library));

        Assert.Empty(host.Run().Diagnostics);
    }

    private static Diagnostic[] Issues(OutputKind kind, string handler, string rest) => [.. Host(kind, handler, rest).Run().Diagnostics];

    private static GeneratorHost Host(OutputKind kind, string handler, string rest)
    {
        var host = new GeneratorHost(Handlers, ("x.workflow.yaml", $$"""
            name: x
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: first, handler: { callable: load } }
              - { name: second, handler: { {{handler}} }, {{rest}} }
            """.Replace(", }", " }", StringComparison.Ordinal)));
        host.Change(compilation => compilation.WithOptions(compilation.Options.WithOutputKind(kind)));
        return host;
    }
}
