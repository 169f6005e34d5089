using Tasker.Generators.Analyzers;

namespace Tasker.Generators.CodeFixes.Tests;

/// <summary>A step that should wait for what its handler reads.</summary>
public sealed class DependencyFixTests
{
    private const string Source = Fixing.Usings + "public static class C { [StepHandler(\"r\")] public static void Read([FromStep] int load) { } }";

    [Theory]
    [InlineData("  - { name: read, handler: { callable: r } }", "  - { name: read, dependencies: [load], handler: { callable: r } }")]
    [InlineData("  - { handler: { callable: r }, name: read }", "  - { handler: { callable: r }, name: read, dependencies: [load] }")]
    [InlineData("  - { name: read, dependencies: [other], handler: { callable: r } }", "  - { name: read, dependencies: [other, load], handler: { callable: r } }")]
    [InlineData("  - { name: read, dependencies: [ 'other', ], handler: { callable: r } }", "  - { name: read, dependencies: [ 'other', load, ], handler: { callable: r } }")]
    [InlineData("  - { name: read, dependencies: [], handler: { callable: r } }", "  - { name: read, dependencies: [load], handler: { callable: r } }")]
    [InlineData("  - { name: read, depends_on: [other], handler: { callable: r } }", "  - { name: read, depends_on: [other, load], handler: { callable: r } }")]
    [InlineData("  - name: read # first\n    handler:\n      callable: r", "  - name: read # first\n    dependencies: [load]\n    handler:\n      callable: r")]
    [InlineData("  - name: read\n    type: standard\n    handler:\n      callable: r", "  - name: read\n    type: standard\n    dependencies: [load]\n    handler:\n      callable: r")]
    [InlineData("  - name: read\n    dependencies:\n      - other # why\n    handler: { callable: r }", "  - name: read\n    dependencies:\n      - other # why\n      - load\n    handler: { callable: r }")]
    [InlineData("  - name: read\n    handler: { callable: r }\n    dependencies:\n    -   other", "  - name: read\n    handler: { callable: r }\n    dependencies:\n    -   other\n    -   load")]
    [InlineData("  - name: read\n    dependencies:\n    handler: { callable: r }", "  - name: read\n    dependencies: [load]\n    handler: { callable: r }")]
    [InlineData("  - name: read\n    dependencies: ~\n    handler: { callable: r }", "  - name: read\n    dependencies: [load]\n    handler: { callable: r }")]
    [InlineData("  - name: read\n    dependencies: [\n      other\n    ]\n    handler: { callable: r }", "  - name: read\n    dependencies: [\n      other, load\n    ]\n    handler: { callable: r }")]
    public async Task The_dependency_is_added_where_the_step_is_written(string before, string after)
    {
        using var host = new FixHost(new TaskerGraphAnalyzer(), new DependencyFix(), Source, Template(before));
        Assert.Equal(["Let step 'read' of 'shop.workflow.yaml' depend on 'load'"], await host.OfferedAsync());

        await host.ApplyAsync();

        Assert.Equal(Template(after), await host.TemplateAsync());
        Assert.Equal(Source, await host.SourceAsync());
        Assert.Empty(await host.DiagnosticsAsync());
    }

    [Fact]
    public async Task The_file_keeps_its_line_ends()
    {
        var template = Template("  - name: read\n    handler: { callable: r }").ReplaceLineEndings("\r\n");
        using var host = new FixHost(new TaskerGraphAnalyzer(), new DependencyFix(), Source, template);

        await host.ApplyAsync();

        Assert.Equal(template.Replace("name: read\r\n", "name: read\r\n    dependencies: [load]\r\n", StringComparison.Ordinal), await host.TemplateAsync());
    }

    [Fact]
    public async Task A_name_that_is_a_word_of_yaml_is_quoted()
    {
        const string source = Fixing.Usings + "public static class C { [StepHandler(\"r\")] public static void Read([FromStep(\"yes\")] int x) { } }";
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new DependencyFix(),
            source,
            Template("  - { name: read, handler: { callable: r } }\n  - { name: 'yes', handler: { callable: y } }"));

        await host.ApplyAsync();

        Assert.Contains("{ name: read, dependencies: [\"yes\"], handler: { callable: r } }", await host.TemplateAsync(), StringComparison.Ordinal);
        Assert.Empty(await host.DiagnosticsAsync());
    }

    [Theory]
    [InlineData("  - { name: read, dependencies: &list [other], handler: { callable: x } }\n  - { name: again, dependencies: *list, handler: { callable: r } }")]
    [InlineData("  - { name: read, handler: { callable: r } }\n  - { name: between, dependencies: [read], handler: { callable: b } }", "between")]
    public async Task A_shared_list_and_a_cycle_are_left_alone(string steps, string reads = "load")
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new DependencyFix(),
            Fixing.Usings + $"public static class C {{ [StepHandler(\"r\")] public static void Read([FromStep] int {reads}) {{ }} }}",
            Template(steps));

        Assert.Single(await host.DiagnosticsAsync());
        Assert.Empty(await host.OfferedAsync());
    }

    [Fact]
    public async Task All_are_added_at_once_but_no_more_than_needed()
    {
        // Both handlers lack one; the second parameter of the second has its own by way of the first.
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new DependencyFix(),
            Fixing.Usings + """
            public static class C
            {
                [StepHandler("m")] public static void Middle([FromStep] int load) { }
                [StepHandler("r")] public static void Read([FromStep] int middle, [FromStep] int load, [FromStep] int other) { }
            }
            """,
            Template("  - { name: middle, handler: { callable: m } }\n  - { name: read, handler: { callable: r } }"));

        await host.ApplyAllAsync();

        Assert.Equal(
            Template("  - { name: middle, dependencies: [load], handler: { callable: m } }\n  - { name: read, dependencies: [middle, other], handler: { callable: r } }"),
            await host.TemplateAsync());
        Assert.Empty(await host.DiagnosticsAsync());
    }

    [Fact]
    public async Task All_at_once_make_no_cycle()
    {
        using var host = new FixHost(
            new TaskerGraphAnalyzer(),
            new DependencyFix(),
            Fixing.Usings + """
            public static class C
            {
                [StepHandler("one")] public static void One([FromStep] int two) { }
                [StepHandler("two")] public static void Two([FromStep] int one) { }
            }
            """,
            Template("  - { name: one, handler: { callable: one } }\n  - { name: two, handler: { callable: two } }"));

        await host.ApplyAllAsync();

        Assert.Equal(
            Template("  - { name: one, dependencies: [two], handler: { callable: one } }\n  - { name: two, handler: { callable: two } }"),
            await host.TemplateAsync());
        Assert.Single(await host.DiagnosticsAsync());
    }

    private static string Template(string steps) => $$"""
        name: shop
        namespace_name: n
        version: 1.0.0
        steps:
          - { name: load, handler: { callable: load } }
          - { name: other, handler: { callable: other } }
        {{steps}}
        environments: {}
        """;
}
