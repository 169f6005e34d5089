using Tasker.Benchmarks.Engine;
using Tasker.Benchmarks.Postgres;

return args switch
{
    ["engine", .. var rest] => await EngineBenchmark.RunAsync(rest),
    ["postgres", .. var rest] => await PostgresBenchmark.RunAsync(rest),
    [MemoryProbe.Command] => await MemoryProbe.HoldAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: engine [--quick] [--million] [--only TEXT] [--slow-flush-ms N]

        engine           what the embedded engine does, beside a bare loop in the same process and the figures to reach
          --quick        short runs, without memory: under 45 seconds
          --million      also the rate with 1,000,000 finished tasks in the file
          --only         only measures whose name contains the text
          --slow-flush-ms  delays each flush to the disk, as a slower disk would

        postgres [--quick]  what a worker of tasker-core does against a private PostgreSQL server, with its statements counted on the wire
        """);
    return 1;
}
