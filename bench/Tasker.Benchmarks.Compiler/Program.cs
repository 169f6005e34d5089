using System.Globalization;
using Tasker.Benchmarks.Compiler;

return args switch
{
    ["generator", ..] => await GeneratorBenchmark.RunAsync(args.Contains("--quick"), Sizes(args)),
    ["builds", ..] => await BuildsAsync(args.Contains("--quick")),
    ["analyzers", ..] => await AnalyzerBenchmark.RunAsync(args.Contains("--quick")),
    _ => Usage(),
};

static async Task<int> BuildsAsync(bool quick)
{
    Console.WriteLine("1000 handlers and records (one file each), 100 templates");
    await BuildCost.MeasureAsync(handlers: 1_000, templates: 100, quick ? 1 : 3);
    return 0;
}

static int[] Sizes(string[] args) => Array.IndexOf(args, "--handlers") switch
{
    >= 0 and var option when option + 1 < args.Length => [int.Parse(args[option + 1], CultureInfo.InvariantCulture)],
    _ => args.Contains("--quick") ? [10, 100] : [10, 100, 1_000],
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: generator [--quick] [--handlers COUNT]
                                     what generators cost a keystroke and a build: Tasker's, its peers' and the floors, side by side
               builds [--quick]      only what they add to a large build
               analyzers [--quick]   what each analyzer costs a build
        """);
    return 1;
}
