using Tasker.Benchmarks.Compiler;

return args switch
{
    ["generator", ..] => GeneratorBenchmark.Run(args.Contains("--quick")),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("Usage: generator [--quick]   what the generator costs a keystroke and a build, beside floors and peers in the same process");
    return 1;
}
