using Tasker.Client;

namespace Tasker.Samples;

/// <summary>Shows how a task goes on.</summary>
public interface ITaskView
{
    /// <summary>Follows a task until it is in a terminal state.</summary>
    /// <returns>The task in that state.</returns>
    Task<TaskSnapshot> FollowAsync(TaskHandle task, CancellationToken cancellationToken);
}
