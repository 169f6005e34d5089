using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Referenced;

/// <summary>How handlers of a library fit the templates that use them, reported in the template.</summary>
public sealed class ReferencedRuleTests
{
    private const string Load = "public record Loaded(int Count, string Name); public static class L { [StepHandler(\"load\")] public static Loaded Load() => null!; }";

    private static readonly (string, string) Template = ("shop.workflow.yaml", """
        name: shop
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: load, handler: { callable: load } }
          - { name: decide, type: decision, dependencies: [load], handler: { callable: decide } }
          - { name: left, dependencies: [decide], handler: { callable: left } }
          - { name: right, dependencies: [decide], handler: { callable: right } }
          - { name: join, type: deferred_convergence, dependencies: [left, right], handler: { callable: join } }
          - { name: plan, type: batchable, dependencies: [load], handler: { callable: plan } }
          - name: work
            type: batch_worker
            dependencies: [plan]
            handler: { callable: work }
            batch_config: { batch_size: 1, parallelism: 1, cursor_field: row, worker_template: work, failure_strategy: isolate }
        """);

    [Theory]
    [InlineData("TSKR1004", 7, "[StepHandler(\"left\")] public static void A([FromStep(\"laod\")] Loaded x) { }", "The parameter 'x' of 'C.A' reads step 'laod', which template 'shop' does not have. Did you mean 'load'? Name a step of the template.")]
    [InlineData("TSKR1005", 7, "[StepHandler(\"left\")] public static void A([FromStep] int right) { }", "The parameter 'right' of 'C.A' reads step 'right', but step 'left' of template 'shop' does not depend on it; add it to the step's dependencies")]
    [InlineData("TSKR1006", 7, "public record P(string Count); [StepHandler(\"left\")] public static void A([FromStep] P load) { }", "The parameter 'load' of 'C.A' reads a 'P' from step 'load', but 'count' is written as an integer and read as a string; make the two types fit")]
    [InlineData("TSKR1007", 9, "[StepHandler(\"join\")] public static void A([FromStep] Loaded left) { }", "The parameter 'left' of 'C.A' reads step 'left', which does not run when its branch is not taken, while step 'join' of template 'shop' does; make the parameter nullable")]
    [InlineData("TSKR1008", 10, "[BatchAnalyzer(\"plan\", WorkerTemplate = \"werk\")] public static BatchPlan A() => null!;", "The worker template 'werk' is no batch_worker step: template 'shop' has no such step. Did you mean 'work'? Name a step of type batch_worker.")]
    [InlineData("TSKR1008", 10, "[BatchAnalyzer(\"plan\", WorkerTemplate = \"left\")] public static BatchPlan A() => null!;", null)]
    public async Task What_does_not_fit_is_reported_at_the_callable(string id, int line, string members, string? message)
    {
        foreach (var isBuilt in (bool[])[true, false])
        {
            var diagnostic = Assert.Single(await AnalyzeAsync("", Library.Compile(Load + " public static class C { " + members + " }", isBuilt: isBuilt)));

            Assert.Equal(id, diagnostic.Id);
            Assert.Equal(("shop.workflow.yaml", line), (diagnostic.Location.GetLineSpan().Path, diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1));
            Assert.Equal(Template.Item2.Split('\n')[line - 1].IndexOf("callable: ", StringComparison.Ordinal) + "callable: ".Length, diagnostic.Location.GetLineSpan().StartLinePosition.Character);
            if (message is not null)
                Assert.Equal(message, diagnostic.Message());
        }
    }

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] Loaded load) { }")]
    [InlineData("public record P(long Count, string? Other); [StepHandler(\"left\")] public static void A([FromStep] P load) { }")]
    [InlineData("[StepHandler(\"join\")] public static void A([FromStep] Loaded? left, [FromStep] int right = 3) { }")]
    [InlineData("[BatchAnalyzer(\"plan\", WorkerTemplate = \"work\")] public static BatchPlan A() => null!;")]
    [InlineData("[StepHandler(\"unused\")] public static void A([FromStep] Loaded nowhere) { }")]
    [InlineData("\n#nullable disable\n[StepHandler(\"join\")] public static void A([FromStep] Loaded left) { }\n#nullable restore\n")]
    [InlineData("internal record P(string Count); [StepHandler(\"left\")] internal static void A([FromStep] P load, [FromStep] int nowhere) { }")]
    [InlineData("[StepHandler(\"left\", Method = \"other\")] public static void A([FromStep] int nowhere) { }")]
    public async Task What_fits_or_cannot_be_seen_has_no_diagnostic(string members) =>
        Assert.Empty(await AnalyzeAsync("", Library.Compile(Load + " public static class C { " + members + " }")));

    [Fact]
    public async Task What_one_library_returns_must_fit_what_another_reads()
    {
        var reader = Library.Compile("public record Part(string Count); public static class R { [StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } }", "Reader");

        Assert.Equal(["TSKR1006"], (await AnalyzeAsync("", Library.Compile(Load, "Writer"), reader)).Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("input_schema: { type: object, properties: { seats: { type: string } } }", "", 7, "The parameter 'seats' of 'C.Left' reads a 'int' from the context of template 'shop', but 'seats' is declared as a string in the template's input_schema and read as an integer; make the two types fit")]
    [InlineData("", "[StepHandler(\"load\")] public static void Load([FromInput(\"seats\")] string text) { }", 7, "The parameter 'seats' of 'C.Left' reads a 'int' from the context of template 'shop', but 'seats' is read as an integer by 'C.Left' and as a string by the parameter 'text' of 'C.Load'; make the two types fit")]
    [InlineData("", "public record Whole(bool Seats); [StepHandler(\"load\")] public static void Load(Whole all) { }", 7, "The parameter 'seats' of 'C.Left' reads a 'int' from the context of template 'shop', but 'seats' is read as an integer by 'C.Left' and as a boolean by the parameter 'all' of 'C.Load'; make the two types fit")]
    [InlineData("input_schema: { type: object, properties: { seats: { type: number } } }", "[StepHandler(\"load\")] public static void Load([FromInput] long seats) { }", 0, null)]
    [InlineData("", "[StepHandler(\"load\")] internal static void Load([FromInput] string seats) { }", 0, null)]
    [InlineData("", "internal record Hidden(string A); [StepHandler(\"load\")] internal static void Load([FromInput] Hidden seats) { }", 0, null)]
    public async Task What_a_library_reads_of_the_context_must_fit(string schema, string members, int line, string? message)
    {
        var library = Library.Compile("public static class C { " + members + " [StepHandler(\"left\")] public static void Left([FromInput] int seats) { } }");

        var diagnostics = await Marked.RunAsync(new TaskerGraphAnalyzer(), Library.Host("", [library], (Template.Item1, Template.Item2 + "\n" + schema)));

        Assert.Equal(message is null ? [] : [message], diagnostics.Select(diagnostic => diagnostic.Message()));
        Assert.All(diagnostics, diagnostic => Assert.Equal(("TSKR1017", "shop.workflow.yaml", line), (diagnostic.Id, diagnostic.Location.GetLineSpan().Path, diagnostic.Location.GetLineSpan().StartLinePosition.Line + 1)));
    }

    [Theory]
    [InlineData("load", "left")]
    [InlineData("left", "load")]
    public async Task Of_the_project_and_a_library_that_do_not_fit_the_project_is_told(string own, string referenced)
    {
        var library = Library.Compile($"public static class C {{ [StepHandler(\"{referenced}\")] public static void There([FromInput] string seats) {{ }} }}");
        var source = $"public static class Own {{ [StepHandler(\"{own}\")] public static void Here([FromInput] int seats) {{ }} }}";

        var diagnostic = Assert.Single(await AnalyzeAsync(source, library));

        Assert.Equal("TSKR1017", diagnostic.Id);
        Assert.True(diagnostic.Location.IsInSource);
        Assert.Equal(
            "The parameter 'seats' reads a 'int' from the context of template 'shop', but 'seats' is read as an integer by 'Own.Here' and as a string by the parameter 'seats' of 'C.There'; make the two types fit",
            diagnostic.Message());
    }

    [Fact]
    public async Task What_the_project_returns_must_fit_what_a_library_reads()
    {
        var reader = Library.Compile("public record Part(string Count); public static class R { [StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } }", "Reader");

        Assert.Equal(["TSKR1006"], (await AnalyzeAsync(Load, reader)).Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] int nowhere) { }", "")]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] int load) { }", "namespace Other { class Loaded; } record Loaded(int A);")]
    public async Task A_handler_that_two_have_or_whose_types_mean_something_else_here_is_left_alone(string members, string source)
    {
        var library = Library.Compile(Load + " public static class C { " + members + " }");
        var libraries = source.Length == 0 ? [library, Library.Compile("public static class D { [StepHandler(\"left\")] public static void B() { } }", "Other")] : (MetadataReference[])[library];

        Assert.Empty(await AnalyzeAsync(source, libraries));
    }

    [Fact]
    public async Task A_step_s_own_handler_goes_before_that_of_a_library()
    {
        var library = Library.Compile("public static class C { [StepHandler(\"left\")] public static void A([FromStep] int nowhere) { } }");

        Assert.Empty(await AnalyzeAsync("public static class Own { [StepHandler(\"left\")] public static void A() { } }", library));
    }

    [Theory]
    [InlineData("decide", "[StepHandler(\"decide\")] public static void A() { }", "TSKR1016")]
    [InlineData("left", "[Decision(\"left\")] public static Decision A() => null!;", "TSKR1016")]
    [InlineData("plan", "[BatchWorker(\"plan\")] public static BatchResult A() => null!;", "TSKR1016")]
    [InlineData("decide", "[Decision(\"decide\")] public static Decision A() => null!;", null)]
    [InlineData("join", "[ApiHandler(\"join\")] public static void A(Tasker.Http.ApiClient client) { }", null)]
    [InlineData("decide", "[StepHandler(\"decide\")] internal static void A() { }", null)]
    [InlineData("decide", "public record Hidden(int A); [StepHandler(\"decide\")] public static void A(Hidden hidden) { }", "TSKR1016")]
    public void A_step_has_the_type_of_its_handler(string step, string members, string? expected)
    {
        var diagnostics = Library.Host("", [Library.Compile("public static class C { " + members + " }")], Template).RunTwice().Diagnostics;

        Assert.Equal(expected is null ? [] : [expected], diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.All(diagnostics, diagnostic => Assert.Contains($"'{step}'", diagnostic.Message(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_misspelt_callable_is_compared_with_those_of_libraries()
    {
        var host = Library.Host("", [Library.Compile("public static class C { [StepHandler(\"charge\")] public static void A() { } }")], ("x.workflow.yaml", """
            name: x
            namespace_name: n
            version: 1.0.0
            steps:
              - { name: pay, handler: { callable: chrage } }
            """));

        Assert.Contains("Did you mean 'charge'?", Assert.Single(host.RunTwice().Diagnostics).Message(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("TSKR1005", "[FromStep] int right")]
    [InlineData("TSKR1017", "[FromInput(\"a\")] int one, [FromInput(\"a\")] string two")]
    public async Task A_rule_in_a_template_is_silenced_by_a_global_config(string id, string parameters)
    {
        var library = Library.Compile($"public static class C {{ [StepHandler(\"left\")] public static void A({parameters}) {{ }} }}");
        var host = Library.Host("", [library], Template);
        Assert.Equal([id], (await Marked.RunAsync(new TaskerGraphAnalyzer(), host)).Select(diagnostic => diagnostic.Id));

        host.Change(compilation => compilation.WithOptions(compilation.Options.WithSyntaxTreeOptionsProvider(new Severities(global: new() { [id] = ReportDiagnostic.Suppress }))));

        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), host));
    }

    private static Task<Diagnostic[]> AnalyzeAsync(string source, params MetadataReference[] libraries) =>
        Marked.RunAsync(new TaskerGraphAnalyzer(), Library.Host(source, libraries, Template));
}
