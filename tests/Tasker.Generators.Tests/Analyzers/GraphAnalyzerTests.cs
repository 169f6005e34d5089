using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Analyzers;

/// <summary>Where handlers do not fit the template that uses them.</summary>
public sealed class GraphAnalyzerTests
{
    /// <summary>load → decide → (left | right → late) → join; plan → work → sum; alone.</summary>
    private static readonly (string, string) Template = ("shop.workflow.yaml", """
        name: shop
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: load, handler: { callable: load } }
          - { name: decide, type: decision, dependencies: [load], handler: { callable: decide } }
          - { name: left, dependencies: [decide], handler: { callable: left } }
          - { name: right, dependencies: [decide], handler: { callable: right } }
          - { name: late, dependencies: [right], handler: { callable: late } }
          - { name: join, type: deferred_convergence, dependencies: [load, left, late], handler: { callable: join } }
          - { name: after, dependencies: [join], handler: { callable: after } }
          - { name: plan, type: batchable, handler: { callable: plan } }
          - name: work
            type: batch_worker
            dependencies: [plan]
            handler: { callable: work }
            batch_config: { batch_size: 1, parallelism: 1, cursor_field: row, worker_template: work, failure_strategy: isolate }
          - { name: sum, type: deferred_convergence, dependencies: [work], handler: { callable: sum } }
          - { name: alone, handler: { callable: alone } }
        """);

    private const string Load = """
        public record Loaded(int Count, string Name, decimal? Price, List<Line> Lines);
        public record Line(string Sku);
        public static class Loader { [StepHandler("load")] public static Loaded Load() => null!; }

        """;

    [Theory]
    [InlineData("[Decision(\"decide\")] public static Decision Decide() => Decision.Route(\"left\", \"late\");")]
    [InlineData("[StepHandler(\"after\")] public static void After() { }")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep] System.Text.Json.JsonElement plan) { }")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep] System.Text.Json.JsonElement alone) { }")]
    [InlineData("[BatchAnalyzer(\"left\", WorkerTemplate = \"work\")] public static BatchPlan Plan() => null!;")]
    public async Task What_a_file_that_cannot_be_read_to_its_end_seems_to_lack_is_not_reported(string members)
    {
        var (path, text) = Template;
        var broken = text.Replace("  - { name: late", "\t- { name: late", StringComparison.Ordinal);
        Assert.NotEqual(text, broken);

        Assert.Empty(await Marked.RunAsync(new TaskerGraphAnalyzer(), Load + "public static class C { " + members + " }", (path, broken)));
    }

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep] Loaded load, [FromStep(\"decide\")] System.Text.Json.JsonElement any) { }")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } public record Part(long Count, string? Other, string Fallback = \"\");")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } public record Part(double Count, List<Sku> Lines); public record Sku(string? Sku2);")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } public record Part(Level Count); [System.Text.Json.Serialization.JsonConverter(typeof(System.Text.Json.Serialization.JsonStringEnumConverter))] public enum Level { Low }")]
    [InlineData("[StepHandler(\"join\")] public static void Join([FromStep] Loaded load, [FromStep] Loaded? left, [FromStep] int late = 3) { }")]
    [InlineData("[StepHandler(\"join\")] public static void Join([FromStep] System.Text.Json.JsonElement decide) { }")]
    [InlineData("[StepHandler(\"late\")] public static void Late([FromStep] System.Text.Json.JsonElement right) { }")]
    [InlineData("[StepHandler(\"after\")] public static void After([FromStep] System.Text.Json.JsonElement join, [FromStep] Loaded? left) { }")]
    [InlineData("[BatchAnalyzer(\"plan\", WorkerTemplate = \"work\")] public static BatchPlan Plan() => null!;")]
    [InlineData("[StepHandler(\"sum\")] public static void Sum(BatchResults<Line> lines) { }")]
    [InlineData("[StepHandler(\"sum\")] public static void Sum([FromStep(\"work\")] BatchResults<Line> lines) { }")]
    [InlineData("[Decision(\"decide\")] public static Decision Decide() => Decision.Route(Shop.ShopTemplate.Steps.Left, \"right\", Shop.ShopTemplate.Steps.Late);")]
    [InlineData("[Decision(\"decide\")] public static Decision Decide([FromInput] string name) => Decision.Route(name);")]
    [InlineData("[StepHandler(\"left\")] public static void Left([FromStep] System.Text.Json.JsonElement plan_from_elsewhere = default) { }", "TSKR1004")]
    public async Task What_fits_has_no_diagnostic(string members, string? expected = null)
    {
        var diagnostics = await Marked.RunAsync(new TaskerGraphAnalyzer(), Load + "public static class C { " + members + " }", Template);

        Assert.Equal(expected is null ? [] : [expected], diagnostics.Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("TSKR0009", "[StepHandler(\"nowhere\")] public static void ⟦A⟧() { }", "No template of this project has a step with the callable 'nowhere', so 'C.A' never runs here; add a step or remove the handler")]
    [InlineData("TSKR0009", "[StepHandler(\"left\", Method = \"other\")] public static void ⟦A⟧() { }", null)]
    [InlineData("TSKR1004", "[StepHandler(\"left\")] public static void A([FromStep(⟦\"laod\"⟧)] Loaded x) { }", "The parameter 'x' reads step 'laod', which template 'shop' does not have. Did you mean 'load'? Name a step of the template.")]
    [InlineData("TSKR1004", "[StepHandler(\"left\")] public static void A([FromStep] Loaded ⟦laod⟧) { }", null)]
    [InlineData("TSKR1004", "[StepHandler(\"sum\")] public static void A([FromStep(⟦\"wrok\"⟧)] BatchResults<Line> x) { }", null)]
    [InlineData("TSKR1005", "[StepHandler(\"left\")] public static void A([FromStep] Loaded? ⟦right⟧) { }", "The parameter 'right' reads step 'right', but step 'left' of template 'shop' does not depend on it; add it to the step's dependencies")]
    [InlineData("TSKR1005", "[StepHandler(\"left\")] public static void A([FromStep] Loaded ⟦alone⟧) { }", null)]
    [InlineData("TSKR1005", "[StepHandler(\"left\")] public static void A([FromStep] Loaded ⟦left⟧) { }", null)]
    [InlineData("TSKR1006", "[StepHandler(\"left\")] public static void A([FromStep] string ⟦load⟧) { }", "The parameter 'load' reads a 'string' from step 'load', but the result is written as an object and read as a string; make the two types fit")]
    [InlineData("TSKR1006", "public record P(string Count); [StepHandler(\"left\")] public static void A([FromStep] P ⟦load⟧) { }", "The parameter 'load' reads a 'P' from step 'load', but 'count' is written as an integer and read as a string; make the two types fit")]
    [InlineData("TSKR1006", "public record P(int Price); [StepHandler(\"left\")] public static void A([FromStep] P ⟦load⟧) { }", null)]
    [InlineData("TSKR1006", "public record P(string Missing); [StepHandler(\"left\")] public static void A([FromStep] P ⟦load⟧) { }", "The parameter 'load' reads a 'P' from step 'load', but 'missing' is read but not written; make the two types fit")]
    [InlineData("TSKR1006", "public record P { public required int Missing { get; init; } } [StepHandler(\"left\")] public static void A([FromStep] P ⟦load⟧) { }", null)]
    [InlineData("TSKR1006", "public record P(List<Q> Lines); public record Q(int Sku); [StepHandler(\"left\")] public static void A([FromStep] P ⟦load⟧) { }", "The parameter 'load' reads a 'P' from step 'load', but 'lines[].sku' is written as a string and read as an integer; make the two types fit")]
    [InlineData("TSKR1007", "[StepHandler(\"join\")] public static void A([FromStep] Loaded ⟦left⟧) { }", "The parameter 'left' reads step 'left', which does not run when its branch is not taken, while step 'join' of template 'shop' does; make the parameter nullable")]
    [InlineData("TSKR1007", "[StepHandler(\"join\")] public static void A([FromStep] Loaded ⟦right⟧) { }", null)]
    [InlineData("TSKR1007", "[StepHandler(\"after\")] public static void A([FromStep] int ⟦late⟧) { }", null)]
    [InlineData("TSKR1008", "[BatchAnalyzer(\"plan\", WorkerTemplate = ⟦\"werk\"⟧)] public static BatchPlan A() => null!;", "The worker template 'werk' is no batch_worker step: template 'shop' has no such step. Did you mean 'work'? Name a step of type batch_worker.")]
    [InlineData("TSKR1008", "[BatchAnalyzer(\"plan\", WorkerTemplate = ⟦\"alone\"⟧)] public static BatchPlan A() => null!;", null)]
    [InlineData("TSKR1009", "[Decision(\"decide\")] public static Decision A() => Decision.Route(\"left\", ⟦\"rigth\"⟧);", "The decision routes to 'rigth', which is no step of template 'shop'. Did you mean 'right'? Name a step of the template.")]
    [InlineData("TSKR1009", "const string X = \"elsewhere\"; [Decision(\"decide\")] public static Decision A() => Decision.Route(⟦X⟧);", null)]
    [InlineData("TSKR1009", "[Decision(\"decide\")] public static Decision A() => Decision.Route(\"left\"); public static class D { [Decision(\"decide\")] public static Decision B() => Decision.Route(⟦\"nowhere\"⟧); }", null)]
    [InlineData("TSKR1009", "[Decision(\"decide\")] public static Decision A(bool b) { Decision F() => Decision.Route(⟦\"nowhere\"⟧); return F(); }", null)]
    [InlineData("TSKR1010", "[Decision(\"decide\")] public static Decision A() => Decision.Route(⟦\"alone\"⟧);", "The decision 'decide' of template 'shop' routes to step 'alone', which does not depend on it; add the decision to the step's dependencies")]
    [InlineData("TSKR1010", "[Decision(\"decide\")] public static Decision A() => Decision.Route(⟦Shop.ShopTemplate.Steps.Load⟧);", null)]
    public async Task What_does_not_fit_is_reported_in_its_place(string id, string members, string? message)
    {
        var diagnostics = await Marked.AnalyzeAsync(new TaskerGraphAnalyzer(), Load + "public static class C { " + members + " }", Template);

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal(id, diagnostic.Id);
        if (message is not null)
            Assert.Equal(message, diagnostic.Message());
    }

    [Fact]
    public async Task A_class_with_handlers_of_a_template_is_told_which_are_missing()
    {
        var diagnostics = await Marked.AnalyzeAsync(
            new TaskerGraphAnalyzer(),
            """
            public static class ⟦C⟧ { [StepHandler("a")] public static void A() { } }
            public static class Other { public static void B() { } }
            """,
            new Severities(tree: new() { ["TSKR0010"] = ReportDiagnostic.Info }),
            ("x.workflow.yaml", """
                name: x
                namespace_name: n
                version: 1.0.0
                steps:
                  - { name: first, handler: { callable: a } }
                  - { name: second, handler: { callable: b } }
                  - { name: third, handler: { callable: b } }
                  - { name: other, handler: { callable: b, method: other } }
                  - { name: python, handler: { callable: p, resolver: python } }
                """),
            ("y.workflow.yaml", """
                name: y
                namespace_name: n
                version: 1.0.0
                steps:
                  - { name: elsewhere, handler: { callable: e } }
                """));

        var diagnostic = Assert.Single(diagnostics);
        Assert.Equal("TSKR0010", diagnostic.Id);
        Assert.Equal("Template 'x' has steps without a handler here: second, other; add one for each, unless another assembly or another language has it", diagnostic.Message());
    }

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] int alone) { }", "alone")]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] int left) { }", null)]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep] int join) { }", null)]
    public async Task The_missing_dependency_is_named_unless_it_would_close_a_cycle(string member, string? dependency)
    {
        var diagnostics = await Marked.RunAsync(new TaskerGraphAnalyzer(), Load + "public static class C { " + member + " }", Template);

        var diagnostic = Assert.Single(diagnostics, diagnostic => diagnostic.Id == "TSKR1005");
        Assert.Equal(dependency, diagnostic.Properties.GetValueOrDefault(TaskerGraphAnalyzer.Dependency));
        Assert.Equal(dependency is null ? null : "left", diagnostic.Properties.GetValueOrDefault(TaskerGraphAnalyzer.Step));
    }

    [Fact]
    public async Task A_project_without_templates_is_left_alone() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            "public static class C { [StepHandler(\"a\")] public static void A([FromStep] int nowhere) { } }"));

    [Fact]
    public async Task A_template_of_another_language_s_steps_is_left_alone() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            "public static class C { [StepHandler(\"left\")] public static void A([FromStep] int load) { } }",
            Template));

    [Fact]
    public async Task A_pragma_silences_a_rule() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            """
            public static class C
            {
            #pragma warning disable TSKR1005
                [StepHandler("left")] public static void A([FromStep] int alone) { }
            #pragma warning restore TSKR1005
            }
            """,
            Template));

    [Fact]
    public async Task A_cycle_in_the_template_does_not_hang_the_rules() =>
        Assert.NotNull(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            "public static class C { [StepHandler(\"a\")] public static void A([FromStep] int b) { } }",
            ("x.workflow.yaml", """
                name: x
                namespace_name: n
                version: 1.0.0
                steps:
                  - { name: a, dependencies: [b], handler: { callable: a } }
                  - { name: b, dependencies: [a], handler: { callable: b } }
                """)));

    [Fact]
    public async Task A_plan_s_own_members_may_be_read_beside_its_value() =>
        Assert.Empty(await Marked.RunAsync(
            new TaskerGraphAnalyzer(),
            """
            public record Extra(string File);
            public record Read(string File, long TotalItems, int WorkerCount);
            public static class C
            {
                [BatchAnalyzer("plan", WorkerTemplate = "work")] public static BatchPlan<Extra> Plan() => null!;
                [BatchWorker("work")] public static BatchResult Work([FromStep] Read plan) => null!;
            }
            """,
            Template));

    [Theory]
    [InlineData("public record Loaded(int Count); public static class L { [StepHandler(\"load\")] public static Loaded Load() => null!; }", true)]
    [InlineData("public record Loaded(int Count); public static class L { [StepHandler(\"load\")] public static Loaded Load() => null!; }", false)]
    [InlineData("public record Loaded(Inner Count); public record Inner(int A); public class L(IDisposable d) { public class M(L l) { [StepHandler(\"load\")] public async Task<StepResult<Loaded>> Load([FromInput] int x = 3) { _ = l; await Task.Yield(); return new Loaded(new Inner(x)); } } public IDisposable D => d; }", true, "'count' is written as an object and read as a string")]
    [InlineData("public record Loaded(string Count); public static class L { [StepHandler(\"load\")] public static Loaded Load() => null!; }", true, null)]
    [InlineData("internal record Loaded(int Count); public static class L { [StepHandler(\"load\")] internal static Loaded Load() => null!; }", true, null)]
    [InlineData("public record Loaded(int Count); public static class L { [StepHandler(\"load\", Method = \"other\")] public static Loaded Load() => null!; }", true, null)]
    public async Task A_result_of_another_assembly_must_fit_as_well(string library, bool isBuilt, string? mismatch = "'count' is written as an integer and read as a string")
    {
        var reader = "public record Part(string Count); public static class C { [StepHandler(\"left\")] public static void Left([FromStep(\"load\")] Part part) { } }";

        var diagnostics = await Marked.RunAsync(new TaskerGraphAnalyzer(), Library.Host(reader, [Library.Compile(library, isBuilt: isBuilt)], Template));

        Assert.Equal(mismatch is null ? [] : ["TSKR1006"], diagnostics.Select(diagnostic => diagnostic.Id));
        Assert.All(diagnostics, diagnostic => Assert.Contains(mismatch!, diagnostic.Message(), StringComparison.Ordinal));
    }
}
