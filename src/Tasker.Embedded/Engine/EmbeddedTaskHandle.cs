using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>
/// A task that was started in this process: to wait for it nobody has to be asked, and what it came to is known for as long as the handle is.
/// </summary>
internal sealed class EmbeddedTaskHandle(ITaskClient client, TaskRun run, bool isNew) : TaskHandle(client, run.Id, isNew)
{
    public override ValueTask<TaskSnapshot> WaitAsync(CancellationToken cancellationToken = default)
    {
        var settled = run.Followers.Settled;

        // A person may have let a task go on that had failed; the engine knows.
        return settled.IsCompleted && !(settled.IsCompletedSuccessfully && run.IsFinal)
            ? base.WaitAsync(cancellationToken)
            : SnapshotAsync(settled.WaitAsync(cancellationToken));
    }

    private static async ValueTask<TaskSnapshot> SnapshotAsync(Task<TaskRun> settled) => (await settled.ConfigureAwait(false)).ToFinalSnapshot();
}
