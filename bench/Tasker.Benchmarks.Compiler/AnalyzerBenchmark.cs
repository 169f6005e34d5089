using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Analyzers;

namespace Tasker.Benchmarks.Compiler;

/// <summary>
/// What each analyzer costs a build of a synthetic project: the time that the compiler's own telemetry gives it, on one thread. The compilation
/// has been bound before, as a build does in any case, so that Roslyn's work is not counted as that of whichever analyzer asks first.
/// </summary>
internal static class AnalyzerBenchmark
{
    public static async Task<int> RunAsync(bool quick)
    {
        foreach (var handlers in quick ? [100] : new[] { 100, 1_000 })
        {
            var project = new SyntheticProject(handlers, templates: 100);
            Console.WriteLine($"{handlers} handlers (one file each), 100 templates; medians of 3 builds");
            var builds = new List<Dictionary<string, double>>();
            for (var run = 0; run < 3; run++)
                builds.Add(await MeasureAsync(project));
            foreach (var name in builds[0].Keys)
                Console.WriteLine($"  {name,-24} {builds.Select(build => build[name]).Order().ElementAt(1),9:0.0} ms");
            Console.WriteLine();
        }

        return 0;
    }

    private static async Task<Dictionary<string, double>> MeasureAsync(SyntheticProject project)
    {
        ImmutableArray<DiagnosticAnalyzer> analyzers =
            [new TaskerHandlerAnalyzer(), new TaskerGraphAnalyzer(), new TaskerTemplateAnalyzer(), new TaskerSafetyAnalyzer()];
        GeneratorDriver driver = CSharpGeneratorDriver.Create(
            [new Generators.TaskerGenerator().AsSourceGenerator()],
            project.Templates,
            (CSharpParseOptions)project.Compilation.SyntaxTrees[0].Options);
        driver.RunGeneratorsAndUpdateCompilation(
            project.Compilation.WithOptions(project.Compilation.Options.WithConcurrentBuild(false)), out var compilation, out _);
        compilation.GetDiagnostics();
        var options = new CompilationWithAnalyzersOptions(
            new AnalyzerOptions([.. project.Templates]), onAnalyzerException: null, concurrentAnalysis: false, logAnalyzerExecutionTime: true);
        var result = await compilation.WithAnalyzers(analyzers, options).GetAnalysisResultAsync(CancellationToken.None);
        return analyzers.ToDictionary(analyzer => analyzer.GetType().Name, analyzer => result.AnalyzerTelemetryInfo[analyzer].ExecutionTime.TotalMilliseconds);
    }
}
