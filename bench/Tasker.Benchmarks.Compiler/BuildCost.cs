using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Benchmarks.Compiler;

/// <summary>What the generator adds to a build: time of generating and of compiling what was generated, and bytes of the assembly.</summary>
internal static class BuildCost
{
    public static void Measure(SyntheticProject project, int runs)
    {
        var plain = Run(runs, () => project.Compilation.Clone());
        var generated = Run(runs, () =>
        {
            GeneratorDriver driver = CSharpGeneratorDriver.Create(
                [new Generators.TaskerGenerator().AsSourceGenerator()],
                project.Templates,
                (CSharpParseOptions)project.Compilation.SyntaxTrees[0].Options);
            driver.RunGeneratorsAndUpdateCompilation(project.Compilation.Clone(), out var output, out _);
            return output;
        });
        Console.WriteLine(
            $"  a build                                         without {plain.Seconds,6:0.00} s, {plain.Megabytes:0.00} MB   " +
            $"with {generated.Seconds,6:0.00} s, {generated.Megabytes:0.00} MB   added {generated.Seconds - plain.Seconds,6:0.00} s, {generated.Megabytes - plain.Megabytes:0.00} MB");
    }

    private static (double Seconds, double Megabytes) Run(int runs, Func<Compilation> compile)
    {
        var bytes = 0L;
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var image = new MemoryStream();
            var result = compile().Emit(image);
            times[i] = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (!result.Success)
                throw new InvalidOperationException(result.Diagnostics.First(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error).ToString());
            bytes = image.Length;
        }

        Array.Sort(times);
        return (times[runs / 2], bytes / 1e6);
    }
}
