using Tasker.Benchmarks.Compiler;

return args switch
{
    ["generator", ..] => GeneratorBenchmark.Run(args.Contains("--quick")),
    ["analyzers", ..] => await AnalyzerBenchmark.RunAsync(args.Contains("--quick")),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: generator [--quick]   what the generator costs a keystroke and a build, beside floors and peers in the same process
               analyzers [--quick]   what each analyzer costs a build
        """);
    return 1;
}
