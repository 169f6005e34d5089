using Microsoft.CodeAnalysis;
using Tasker.Generators.Analyzers;

namespace Tasker.Generators.CodeFixes.Tests;

/// <summary>Names that are almost right, and branches that may not be taken.</summary>
public sealed class GraphFixTests
{
    private const string Template = """
        name: shop
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: load, handler: { callable: load } }
          - { name: decide, type: decision, dependencies: [load], handler: { callable: decide } }
          - { name: left, dependencies: [decide], handler: { callable: left } }
          - { name: right, dependencies: [decide], handler: { callable: right } }
          - { name: join, type: deferred_convergence, dependencies: [left, right], handler: { callable: join } }
          - { name: plan, type: batchable, handler: { callable: plan } }
          - name: work
            type: batch_worker
            dependencies: [plan]
            handler: { callable: work }
            batch_config: { batch_size: 1, parallelism: 1, cursor_field: row, worker_template: work, failure_strategy: isolate }
        """;

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep(\"laod\")] int x) { }", "[StepHandler(\"left\")] public static void A([FromStep(\"load\")] int x) { }", "load")]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep /* why */] int laod) { }", "[StepHandler(\"left\")] public static void A([FromStep(\"load\") /* why */] int laod) { }", "load")]
    [InlineData("[BatchAnalyzer(\"plan\", WorkerTemplate = \"werk\")] public static BatchPlan A() => null!;", "[BatchAnalyzer(\"plan\", WorkerTemplate = \"work\")] public static BatchPlan A() => null!;", "work")]
    [InlineData("[Decision(\"decide\")] public static Decision A() => Decision.Route(\"left\", \"rigth\");", "[Decision(\"decide\")] public static Decision A() => Decision.Route(\"left\", \"right\");", "right")]
    public async Task A_misspelt_name_becomes_the_nearest(string before, string after, string name) =>
        await Fixing.AssertSourceAsync(new TaskerGraphAnalyzer(), new NearestNameFix(), $"Change to '{name}'", Class(before), Class(after), Template);

    [Fact]
    public async Task All_misspelt_names_can_be_mended_at_once() =>
        await Fixing.AssertSourceAsync(
            new TaskerGraphAnalyzer(),
            new NearestNameFix(),
            "Change to 'load'",
            Class("[StepHandler(\"left\")] public static void A([FromStep(\"laod\")] int x, [FromStep] int laod, [FromStep(\"decid\")] int y) { }"),
            Class("[StepHandler(\"left\")] public static void A([FromStep(\"load\")] int x, [FromStep(\"load\")] int laod, [FromStep(\"decide\")] int y) { }"),
            Template,
            all: true);

    [Theory]
    [InlineData("[StepHandler(\"left\")] public static void A([FromStep(\"something_else\")] int x) { }")]
    [InlineData("const string X = \"laod\"; [StepHandler(\"left\")] public static void A([FromStep(X)] int x) { }")]
    public async Task A_name_that_is_far_off_or_a_constant_s_is_left_alone(string member) =>
        await Fixing.AssertNothingOfferedAsync(new TaskerGraphAnalyzer(), new NearestNameFix(), Class(member), Template);

    [Theory]
    [InlineData("string left", "string? left", "left")]
    [InlineData("int right", "int? right", "right")]
    [InlineData("List<int>  /* a list */ right", "List<int>?  /* a list */ right", "right")]
    public async Task A_reader_of_an_optional_branch_becomes_nullable(string before, string after, string name) =>
        await Fixing.AssertSourceAsync(
            new TaskerGraphAnalyzer(),
            new NullableParameterFix(),
            $"Make '{name}' nullable",
            Class($"[StepHandler(\"join\")] public static void A([FromStep] {before}) {{ }}"),
            Class($"[StepHandler(\"join\")] public static void A([FromStep] {after}) {{ }}"),
            Template);

    [Fact]
    public async Task All_readers_become_nullable_at_once() =>
        await Fixing.AssertSourceAsync(
            new TaskerGraphAnalyzer(),
            new NullableParameterFix(),
            "Make 'x' nullable",
            Class("[StepHandler(\"join\")] public static void A([FromStep(\"left\")] string x, [FromStep] int right) { }"),
            Class("[StepHandler(\"join\")] public static void A([FromStep(\"left\")] string? x, [FromStep] int? right) { }"),
            Template,
            all: true);

    [Theory]
    [InlineData("string left", 0)]
    [InlineData("int left", 1)]
    public async Task Without_nullable_references_only_values_become_nullable(string parameter, int offered)
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new NullableParameterFix(),
            Fixing.Usings + Class($"[StepHandler(\"join\")] public static void A([FromStep] {parameter}) {{ }}"),
            Template,
            NullableContextOptions.Disable);

        Assert.Equal(offered, (await host.OfferedAsync()).Length);
    }

    private static string Class(string member) => "public static class C { " + member + " }";
}
