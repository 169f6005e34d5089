using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Exporters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.NoEmit;
using Perfolizer.Horology;

namespace Tasker.Benchmarks.Dispatch;

/// <summary>Measures the dispatch of one step in this process and compares it with what it has to keep.</summary>
internal static class DispatchBenchmark
{
    private const double MostNanoseconds = 1_000;

    public static int Run(string[] args)
    {
        var job = Job.Default
            .WithToolchain(InProcessNoEmitToolchain.Instance)
            .WithIterationTime(TimeInterval.FromMilliseconds(250))
            .WithWarmupCount(args.Contains("--quick") ? 3 : 8)
            .WithIterationCount(args.Contains("--quick") ? 5 : 15);
        var artifacts = Directory.CreateTempSubdirectory("tasker-bench-");
        try
        {
            var config = ManualConfig.CreateEmpty()
                .AddJob(job)
                .AddColumnProvider(DefaultColumnProviders.Instance)
                .AddExporter(MarkdownExporter.Console)
                .AddLogger(NullLogger.Instance)
                .WithArtifactsPath(artifacts.FullName);
            var summary = BenchmarkRunner.Run<DispatchRounds>(config);
            MarkdownExporter.Console.ExportToLog(summary, ConsoleLogger.Default);
            return Judge(summary);
        }
        finally
        {
            artifacts.Delete(recursive: true);
        }
    }

    private static int Judge(Summary summary)
    {
        var (tasker, handler) = (Find(summary, nameof(DispatchRounds.Tasker)), Find(summary, nameof(DispatchRounds.Handler)));
        if (tasker?.ResultStatistics is not { } time || handler is null)
        {
            Console.Error.WriteLine("The benchmark did not run: " + string.Join(' ', summary.ValidationErrors.Select(error => error.Message)));
            return 1;
        }

        var beyond = (Allocated(tasker) ?? 0) - (Allocated(handler) ?? 0);
        var isFast = time.Mean <= MostNanoseconds;
        Console.WriteLine();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"one dispatch: {time.Mean:0} ns, to reach {MostNanoseconds:0} ns: {(isFast ? "reached" : "missed")}; {beyond} bytes beyond the handler's own result, to reach 0: {(beyond == 0 ? "reached" : "missed")}"));
        return isFast && beyond == 0 ? 0 : 1;
    }

    private static BenchmarkReport? Find(Summary summary, string method) =>
        summary.Reports.FirstOrDefault(report => report.BenchmarkCase.Descriptor.WorkloadMethod.Name == method);

    private static long? Allocated(BenchmarkReport report) => report.GcStats.GetBytesAllocatedPerOperation(report.BenchmarkCase);
}
