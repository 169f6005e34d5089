using System.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Benchmarks.Compiler;

/// <summary>Times generator drivers on synthetic projects: medians, and ratios to a floor in the same process.</summary>
internal static class GeneratorBenchmark
{
    /// <summary>So many runs it takes until the runtime has compiled what all of them use for good.</summary>
    private const int WarmUps = 30;

    /// <param name="quick">Fewer runs.</param>
    /// <param name="sizes">The numbers of handlers.</param>
    public static async Task<int> RunAsync(bool quick, IReadOnlyList<int> sizes)
    {
        var runs = quick ? 5 : 15;
        foreach (var handlers in sizes)
        {
            var project = new SyntheticProject(handlers, templates: 100);
            Console.WriteLine($"{handlers} handlers and records (one file each), 100 templates; medians of {runs} runs");
            var floor = Measure("ForAttributeWithMetadataName, empty transform", project, [new AttributeFloor().AsSourceGenerator()], runs, floor: null);
            Measure("syntax only, empty transform", project, [new SyntaxFloor().AsSourceGenerator()], runs, floor);
            Measure("Tasker, as an editor runs it", project, Peer.Tasker.Generators(), runs, floor, IncrementalGeneratorOutputKind.Implementation);
            foreach (var peer in Peer.All)
                Measure(peer.Name + ", all outputs", peer == Peer.Tasker ? project : new SyntheticProject(handlers, templates: 100, peer), peer.Generators(), runs, floor);
            await BuildCost.MeasureAsync(handlers, templates: 100, quick ? 1 : 3);
            Console.WriteLine();
        }

        return 0;
    }

    // An editor does not ask for implementation outputs while one types; they are what is disabled then.
    private static Cost Measure(
        string name,
        SyntheticProject project,
        IEnumerable<ISourceGenerator> generators,
        int runs,
        Cost? floor,
        IncrementalGeneratorOutputKind disabled = IncrementalGeneratorOutputKind.None)
    {
        GeneratorDriver driver = NewDriver(project, generators, disabled);

        var start = Stopwatch.GetTimestamp();
        driver = driver.RunGenerators(project.Compilation);
        var cold = Stopwatch.GetElapsedTime(start);

        var body = Median(runs, i => Time(ref driver, project.EditBody(i + 1)));
        var signature = Median(runs, i => Time(ref driver, project.EditSignature(i + 1)));
        var full = Median(runs, _ => Full(), WarmUps);

        var cost = new Cost(body, full);
        Console.WriteLine(
            $"  {name,-46} body edit {body,8:0.00} ms{Ratio(body, floor?.Body)}   signature edit {signature,8:0.00} ms   " +
            $"full, warm {full,8:0.0} ms{Ratio(full, floor?.Full)}   cold {cold.TotalMilliseconds,8:0} ms");
        return cost;

        double Full()
        {
            GeneratorDriver fresh = NewDriver(project, generators, disabled);
            return Time(ref fresh, project.Compilation.Clone());
        }
    }

    private static string Ratio(double value, double? floor) => floor is { } reference ? $" ({value / reference,6:0.00} x floor)" : "        (floor)  ";

    private sealed record Cost(double Body, double Full);

    private static CSharpGeneratorDriver NewDriver(SyntheticProject project, IEnumerable<ISourceGenerator> generators, IncrementalGeneratorOutputKind disabled) =>
        CSharpGeneratorDriver.Create(
            generators,
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

    private static double Median(int runs, Func<int, double> measure, int warmUps = 0)
    {
        for (var i = 0; i < warmUps; i++)
            measure(i);
        var times = new double[runs];
        for (var i = 0; i < runs; i++)
            times[i] = measure(i);
        Array.Sort(times);
        return times[runs / 2];
    }
}
