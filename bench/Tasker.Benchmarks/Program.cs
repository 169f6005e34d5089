using Tasker.Benchmarks.Dispatch;
using Tasker.Benchmarks.Engine;
using Tasker.Benchmarks.Postgres;

return args switch
{
    ["engine", .. var rest] => await EngineBenchmark.RunAsync(rest),
    ["dispatch", .. var rest] => DispatchBenchmark.Run(rest),
    ["postgres", .. var rest] => await PostgresBenchmark.RunAsync(rest),
    [MemoryProbe.Command] => await MemoryProbe.HoldAsync(),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine(
        """
        Usage: engine [--quick] [--million] [--aot] [--peers] [--only TEXT] [--alone] [--slow-flush-ms N]
               dispatch [--quick]
               postgres [--quick]

        engine           what the embedded engine does, beside a bare loop in the same process and the figures to reach
          --quick        short runs, without memory: under 45 seconds
          --million      also the rate with 1,000,000 finished tasks in the file
          --aot          also a small host, published with Native AOT
          --peers        also Wolverine and Hangfire in memory, in a process of their own
          --only         only measures whose name contains the text
          --alone        without the bare loop, for profilers
          --slow-flush-ms  delays each flush to the disk, as a slower disk would

        dispatch         one step from its claimed JSON to its result's JSON, beside System.Text.Json and Mediator, and what it has to keep
          --quick        fewer iterations

        postgres         what a worker of tasker-core does against a private PostgreSQL server, with its statements counted on the wire
          --quick        a shorter run
        """);
    return 1;
}
