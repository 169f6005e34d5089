using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Benchmarks.Compiler;

/// <summary>Times generator drivers on synthetic projects: medians, and ratios to a floor in the same process.</summary>
internal static class GeneratorBenchmark
{
    public static int Run(bool quick)
    {
        var runs = quick ? 5 : 15;
        foreach (var handlers in quick ? [10, 100] : new[] { 10, 100, 1_000 })
        {
            var project = new SyntheticProject(handlers, templates: 100);
            Console.WriteLine($"{handlers} handlers (one file each), 100 templates; medians of {runs} runs");
            var floor = Measure("ForAttributeWithMetadataName, empty transform", project, new AttributeFloor(), runs, floor: null);
            Measure("syntax only, empty transform", project, new SyntaxFloor(), runs, floor);
            Measure("Tasker.Generators, as an editor runs it", project, new Generators.TaskerGenerator(), runs, floor, IncrementalGeneratorOutputKind.Implementation);
            Measure("Tasker.Generators, all outputs", project, new Generators.TaskerGenerator(), runs, floor);
            BuildCost.Measure(project, Math.Max(3, runs / 5));
            Console.WriteLine();
        }

        return 0;
    }

    // An editor does not ask for implementation outputs while one types; they are what is disabled then.
    private static double Measure(
        string name,
        SyntheticProject project,
        IIncrementalGenerator generator,
        int runs,
        double? floor,
        IncrementalGeneratorOutputKind disabled = IncrementalGeneratorOutputKind.None)
    {
        GeneratorDriver driver = NewDriver(project, generator, disabled);

        var start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(project.Compilation);
        var cold = Stopwatch.GetElapsedTime(start);

        var body = Median(runs, i => Time(ref driver, project.EditBody(i + 1)));
        var signature = Median(runs, i => Time(ref driver, project.EditSignature(i + 1)));
        var full = Median(Math.Max(3, runs / 3), _ =>
        {
            GeneratorDriver fresh = NewDriver(project, generator, disabled);
            return Time(ref fresh, project.Compilation.Clone());
        });

        var ratio = floor is { } reference ? $"{body / reference,6:0.00} x floor" : "floor";
        Console.WriteLine($"  {name,-46} body edit {body,8:0.00} ms ({ratio})   signature edit {signature,8:0.00} ms   full, warm {full,8:0.0} ms   cold {cold.TotalMilliseconds,8:0} ms");
        return body;
    }

    private static CSharpGeneratorDriver NewDriver(SyntheticProject project, IIncrementalGenerator generator, IncrementalGeneratorOutputKind disabled) =>
        CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            project.Templates,
            (CSharpParseOptions)project.Compilation.SyntaxTrees[0].Options,
            optionsProvider: null,
            new GeneratorDriverOptions(disabled));

    private static double Time(ref GeneratorDriver driver, Compilation compilation)
    {
        var start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(compilation);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(int runs, Func<int, double> measure)
    {
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
            times[i] = measure(i);
        Array.Sort(times);
        return times[runs / 2];
    }
}
