using System.Globalization;

namespace Tasker.Benchmarks.Engine;

/// <summary>What the process spends while something is measured.</summary>
internal sealed class Costs
{
    private readonly TimeSpan _processor = Environment.CpuUsage.TotalTime;
    private readonly long _allocated = GC.GetTotalAllocatedBytes();
    private readonly long _workItems = ThreadPool.CompletedWorkItemCount;
    private readonly long _contentions = Monitor.LockContentionCount;
    private readonly TimeSpan _paused = GC.GetTotalPauseDuration();
    private readonly int[] _collections = [GC.CollectionCount(0), GC.CollectionCount(1), GC.CollectionCount(2)];

    /// <summary>Prints what was spent since this was created.</summary>
    /// <param name="steps">For how many steps.</param>
    public void Write(double steps) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"    a step: {(Environment.CpuUsage.TotalTime - _processor).TotalMicroseconds / steps:0.00} µs of processor, {(GC.GetTotalAllocatedBytes() - _allocated) / steps:0} bytes, " +
        $"{(ThreadPool.CompletedWorkItemCount - _workItems) / steps:0.00} work items, {(Monitor.LockContentionCount - _contentions) / steps:0.0000} contentions, " +
        $"{(GC.GetTotalPauseDuration() - _paused).TotalMicroseconds / steps:0.00} µs paused; " +
        $"collections {GC.CollectionCount(0) - _collections[0]}/{GC.CollectionCount(1) - _collections[1]}/{GC.CollectionCount(2) - _collections[2]}"));
}
