using System.Globalization;
using Tasker.Benchmarks.Compiler;

return args switch
{
    ["generator", ..] => await GeneratorBenchmark.RunAsync(args.Contains("--quick"), Sizes(args)),
    ["builds", ..] => await BuildsAsync(args.Contains("--quick"), args.Contains("--sdk-analyzers")),
    ["analyzers", ..] => await AnalyzerBenchmark.RunAsync(args.Contains("--quick")),
    _ => Usage(),
};

static async Task<int> BuildsAsync(bool quick, bool withSdkAnalyzers)
{
    Console.WriteLine("1000 handlers and records (one file each)" + (withSdkAnalyzers ? ", beside the analyzers that the SDK brings" : ""));
    await BuildCost.MeasureAsync(handlers: 1_000, templates: 100, quick ? 1 : 3, withSdkAnalyzers ? Toolchain.SdkAnalyzers : []);
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
               builds [--quick] [--sdk-analyzers]
                                     only what they add to a large build, also beside the analyzers that every project of the SDK has
               analyzers [--quick]   what each analyzer costs a build
        """);
    return 1;
}
