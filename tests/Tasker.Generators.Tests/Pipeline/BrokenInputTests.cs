using System.Collections.Immutable;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Pipeline;

/// <summary>While something is wrong, what others rely on stays, and the compiler parts never fail.</summary>
public sealed class BrokenInputTests
{
    private const string Head = "name: flow\nnamespace_name: n\nversion: 1.0.0\nsteps:\n  - { name: first, handler: { callable: a } }\n";

    [Fact]
    public void A_template_with_errors_keeps_its_generated_names()
    {
        var host = new GeneratorHost("class C { Tasker.Templates.StepName Name => Shop.Flow.Steps.First; }", ("a.workflow.yaml", Head + "  - { name: second, handler: [ "));
        var run = host.RunTwice();

        Assert.Contains(run.Diagnostics, diagnostic => diagnostic.Id == RuleIds.UnreadableYaml);
        Assert.Empty(host.Problems());
    }

    [Fact]
    public void A_handler_with_errors_leaves_the_registration_in_place()
    {
        var host = new GeneratorHost("""
            class C
            {
                [StepHandler("a")] public static void A(int unbound) { }
                static void Use(Tasker.Hosting.TaskerBuilder builder) => Microsoft.Extensions.DependencyInjection.ShopTaskerBuilderHandlers.AddHandlers(builder);
            }
            """);
        host.RunTwice();

        Assert.Empty(host.Problems());
    }

    [Fact]
    public void A_template_that_two_files_define_is_compiled_once()
    {
        var host = new GeneratorHost("", ("b/x.workflow.yaml", Head), ("a/x.workflow.yaml", Head));
        var run = host.RunTwice();

        var diagnostic = Assert.Single(run.Diagnostics);
        Assert.Equal(RuleIds.DuplicateTemplate, diagnostic.Id);
        Assert.Equal("b/x.workflow.yaml", diagnostic.Location.GetLineSpan().Path);
        Assert.Empty(host.Problems());
    }

    [Fact]
    public void Two_versions_of_one_template_have_classes_of_their_own()
    {
        var host = new GeneratorHost("", ("a.workflow.yaml", Head), ("b.workflow.yaml", Head.Replace("1.0.0", "2.0.0", StringComparison.Ordinal)));
        var run = host.RunTwice();

        Assert.Empty(run.Diagnostics);
        Assert.Empty(host.Problems());
        Assert.Contains(run.GeneratedSources, source => source.HintName == "Tasker.Templates.Flow.g.cs");
        Assert.Contains(run.GeneratedSources, source => source.HintName == "Tasker.Templates.FlowV2_0_0.g.cs");
    }

    [Theory]
    [InlineData("namespace Shop.Flow { class A; }", "Shop.FlowTemplate")]
    [InlineData("namespace Shop { namespace Flow.Inner { class A; } }", "Shop.FlowTemplate")]
    [InlineData("namespace Shop; public sealed record Flow(int A);", "Shop.FlowTemplate")]
    [InlineData("namespace Shop; public enum Flow { A }", "Shop.FlowTemplate")]
    [InlineData("namespace Shop; public static class Flow { }", "Shop.FlowTemplate")]
    [InlineData("namespace Shop; class Flow; class FlowTemplate;", "Shop.FlowTemplateTemplate")]
    [InlineData("namespace Shop; public static partial class Flow { public static int Mine => 1; }", "Shop.Flow")]
    [InlineData("namespace Shop; [Tasker.TaskTemplate(\"other\", Namespace = \"n\", Version = \"1.0.0\")] public static partial class Flow { [Tasker.StepHandler(\"a\")] public static void A() { } }", "Shop.FlowTemplate")]
    [InlineData("class Flow;", "Shop.FlowTemplate")]
    [InlineData("public static partial class Flow { }", "Shop.FlowTemplate")]
    [InlineData("namespace Flow.Inner { class A; }", "Shop.FlowTemplate")]
    [InlineData("namespace Shop; class Flow<T>;", "Shop.Flow")]
    [InlineData("namespace Other; class Flow; class Shop { class Flow; }", "Shop.Flow")]
    public void A_template_whose_name_is_taken_gets_another_class(string source, string expected)
    {
        var host = new GeneratorHost(source, ("a.workflow.yaml", Head));
        host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.NotNull(host.Output.GetTypeByMetadataName(expected)?.GetMembers("Template").SingleOrDefault());
        host.EditTemplate(0, "first", "other");
        Assert.NotNull(host.Output.GetTypeByMetadataName(expected + "+Steps")?.GetMembers("Other").SingleOrDefault());
    }

    [Theory]
    [InlineData("using Shop; class P { object Template => ShopTemplate.Template; }")]
    [InlineData("namespace Shop; public static partial class Shop { static object Mine => Template; }")]
    public void A_template_with_the_name_of_its_project_is_found(string source)
    {
        var host = new GeneratorHost(source, ("a.workflow.yaml", Head.Replace("name: flow", "name: shop", StringComparison.Ordinal)));
        host.RunTwice();

        Assert.Empty(host.Problems());
    }

    [Fact]
    public void A_file_is_a_template_by_its_name_or_by_its_mark()
    {
        var host = new GeneratorHost("", ("other.yaml", Head), ("marked.yaml", Head));

        Assert.Single(host.RunTwice().GeneratedSources, source => source.HintName.StartsWith("Tasker.Templates.", StringComparison.Ordinal));
    }

    [Fact]
    public void Overloads_and_names_that_differ_by_case_have_adapters_of_their_own()
    {
        var host = new GeneratorHost("""
            public static class C
            {
                [StepHandler("a")] public static void Run([FromInput] int x) { }
                [StepHandler("b")] public static void Run([FromInput] string x) { }
                [StepHandler("c")] public static void RUN() { }
                [StepHandler("d"), Obsolete] public static void C_D() { }
            }
            """);
        host.RunTwice();

        Assert.Empty(host.Problems());
    }

    [Theory]
    [InlineData("VeryLong", 30)]
    [InlineData("Gr\u00f6\u00dfe", 60)]
    [InlineData("\u65e5\u672c", 60)]
    public void A_long_name_makes_a_file_name_that_fits(string part, int times)
    {
        var name = string.Concat(Enumerable.Repeat(part, times));
        var host = new GeneratorHost($$"""
            public static class {{name}}
            {
                [StepHandler("a")] public static {{name}}R {{name}}A({{name}}R r) => r;
                [StepHandler("b")] public static {{name}}R {{name}}B({{name}}R r) => r;
            }
            public sealed record {{name}}R(int A);
            """);
        var run = host.RunTwice();

        Assert.Empty(host.Problems());
        Assert.All(run.GeneratedSources, source => Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(source.HintName), 1, 150));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void An_assembly_that_sees_the_internals_of_another_registers_its_own_handlers(bool isBuilt)
    {
        var library = Library.Compile(
            """
            [assembly: System.Runtime.CompilerServices.InternalsVisibleTo("Program")]
            public static class P { [StepHandler("l")] public static void M() { } }
            """,
            "Shop",
            isBuilt);
        var host = new GeneratorHost("""
            public static class P
            {
                [StepHandler("p")] public static void M() { }
                public static void Use(Tasker.Hosting.TaskerBuilder tasker) => Microsoft.Extensions.DependencyInjection.ShopTaskerBuilderExtensions.AddShopHandlers(Add(tasker));
                private static Tasker.Hosting.TaskerBuilder Add(Tasker.Hosting.TaskerBuilder tasker) => Extended.Add(tasker);
            }
            """);
        host.Change(compilation => compilation.AddReferences(library).WithAssemblyName("Program"));
        host.AddSource("using Microsoft.Extensions.DependencyInjection; internal static class Extended { public static Tasker.Hosting.TaskerBuilder Add(Tasker.Hosting.TaskerBuilder tasker) => tasker.AddHandlers(); }");

        Assert.Empty(host.Problems());
    }

    [Fact]
    public void Experiments_and_obsolete_things_with_ids_of_their_own_compile_where_their_user_allows_them()
    {
        var host = new GeneratorHost(
            """
            using System.Diagnostics.CodeAnalysis;

            [Experimental("X1")] public sealed record Early(int A);
            [Obsolete("old", DiagnosticId = "OLD1", UrlFormat = "https://example.com")] public enum Late { A }
            [Experimental("X2")] public interface ISoon;
            #pragma warning disable X1, X2, OLD1
            public sealed class Parts
            {
                [Experimental("X3")] public Early[]? Early { get; set; }
                [Obsolete("old", DiagnosticId = "OLD2")] public Dictionary<string, List<Late>>? Late { get; init; }
            }
            public static class C
            {
                [Experimental("X4"), StepHandler("method")] public static void M([FromInput] int x) { }
                [StepHandler("types")] public static Parts T(Parts parts, [FromStep("method")] Early early, [FromConfig] Late late = Late.A) => parts;
                [StepHandler("service")] public static Early? S([FromServices] ISoon soon) => null;
            }
            public sealed class D(ISoon soon) : IDisposable
            {
                [StepHandler("other")] public Task<Early?> Run() => Task.FromResult<Early?>(soon is null ? null : new Early(1));
                public void Dispose() { }
            }
            [Experimental("X5")] public sealed class E
            {
                [Obsolete("old", DiagnosticId = "OLD3")] public E() { }
                [StepHandler("late")] public void M() { }
            }
            """,
            ("early.workflow.yaml", """
                name: early
                namespace_name: n
                version: 1.0.0
                steps:
                  - name: method
                    handler: { callable: method }
                  - name: types
                    handler: { callable: types }
                    dependencies: [method]
                  - name: service
                    handler: { callable: service }
                """));
        host.RunTwice();

        Assert.Empty(host.Problems());
    }

    [Theory]
    [InlineData(Samples.Handlers)]
    [InlineData(Samples.ApprovalClass)]
    public void No_source_makes_the_compiler_parts_fail(string sample)
    {
        BrokenSources.Of(sample)
            .Sample(
                source =>
                {
                    var host = new GeneratorHost(source, ("approval.workflow.yaml", Samples.Approval));
                    var run = host.Run();
                    var failures = new List<Exception>();
                    var options = new CompilationWithAnalyzersOptions(
                        new AnalyzerOptions(ImmutableArray<AdditionalText>.CastUp(host.Templates)), (exception, _, _) => failures.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
                    _ = new CompilationWithAnalyzers(host.Output, [new TaskerHandlerAnalyzer(), new TaskerGraphAnalyzer(), new TaskerSafetyAnalyzer(), new TaskerTemplateAnalyzer()], options).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();
                    Assert.Null(run.Exception);
                    Assert.Empty(failures);
                    Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id == RuleIds.InternalError);
                },
                iter: 50,
                threads: 1);
    }
}
