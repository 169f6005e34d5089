using System.Collections.Immutable;
using CsCheck;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Tests.Infrastructure;

namespace Tasker.Generators.Tests.Referenced;

/// <summary>A library that is being edited reaches a host in every broken state.</summary>
public sealed class BrokenLibraryTests
{
    private const string Manifest = """
        [assembly: Tasker.Handlers.HandlerManifest("validate_request", "routing_decision", "auto_approve", "manager_approval", "finance_review", "finalize_approval", "analyze_csv", "process_csv_batch", "x", null!)]
        """;

    [Fact]
    public void No_library_makes_the_compiler_parts_fail() => BrokenSources.Of(Samples.Handlers).Sample(
        source =>
        {
            var library = new GeneratorHost(source);
            library.Change(compilation => compilation.WithAssemblyName("Library").AddSyntaxTrees(CSharpSyntaxTree.ParseText(Manifest, (CSharpParseOptions)compilation.SyntaxTrees[0].Options)));
            var host = Library.Host("", [library.Compilation.ToMetadataReference()], ("approval.workflow.yaml", Samples.Approval));
            var run = host.Run();
            var failures = new List<Exception>();
            var options = new CompilationWithAnalyzersOptions(
                new AnalyzerOptions(ImmutableArray<AdditionalText>.CastUp(host.Templates)), (exception, _, _) => failures.Add(exception), concurrentAnalysis: false, logAnalyzerExecutionTime: false);
            _ = new CompilationWithAnalyzers(host.Output, [new TaskerGraphAnalyzer()], options).GetAnalyzerDiagnosticsAsync(CancellationToken.None).GetAwaiter().GetResult();

            Assert.Null(run.Exception);
            Assert.Empty(failures);
            Assert.DoesNotContain(run.Diagnostics, diagnostic => diagnostic.Id == RuleIds.InternalError);

            // What a library that does not compile means, nobody knows; one that does must not break the host.
            if (!library.Compilation.GetDiagnostics().Any(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error))
                Assert.Equal("", string.Join("\n", host.Problems()));
        },
        iter: 50,
        threads: 1);

    [Fact]
    public void A_manifest_of_nothing_announces_nothing()
    {
        var library = new GeneratorHost("[assembly: Tasker.Handlers.HandlerManifest(null!)] public static class C { [StepHandler(\"validate_request\")] public static int A() => 1; }");
        var host = Library.Host("", [library.Compilation.WithAssemblyName("Library").ToMetadataReference()], ("approval.workflow.yaml", Samples.Approval));
        host.RunTwice();

        Assert.Empty(host.Problems());
    }
}
