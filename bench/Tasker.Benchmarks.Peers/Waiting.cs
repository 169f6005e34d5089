using System.Collections.Concurrent;

namespace Tasker.Benchmarks.Peers;

/// <summary>The tasks that somebody waits for: peers without a way to wait need one.</summary>
internal static class Waiting
{
    private static readonly ConcurrentDictionary<long, TaskCompletionSource> Tasks = new();
    private static long _last;

    public static long Begin(out Task finished)
    {
        var key = Interlocked.Increment(ref _last);
        var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Tasks[key] = source;
        finished = source.Task;
        return key;
    }

    public static void End(long key)
    {
        if (Tasks.TryRemove(key, out var source))
            source.SetResult();
    }
}
