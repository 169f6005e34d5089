using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash;

/// <summary>Tasks as a store would give them back.</summary>
internal static class StoredTasks
{
    public static StoredTask Of(TaskRun run)
    {
        var writer = new ByteWriter();
        CompactTask.Write(writer, run);
        return new CompactTask(run.Plan, run.Options, writer.Written.ToArray()).ToStored();
    }
}
