using Tasker.Client;

namespace Tasker.Samples;

/// <summary>Shows nothing: another program reads the output.</summary>
internal sealed class SilentView : ITaskView
{
    public async Task<TaskSnapshot> FollowAsync(TaskHandle task, CancellationToken cancellationToken) => await task.WaitAsync(cancellationToken);
}
