namespace Tasker;

/// <summary>A result was asked for that does not exist because its task, or the step itself, did not succeed.</summary>
public sealed class TaskFailedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="state">The state the task ended in.</param>
    /// <param name="message">Which step failed, and why.</param>
    public TaskFailedException(Guid taskId, TaskState state, string message)
        : base(message)
    {
        TaskId = taskId;
        State = state;
    }

    /// <summary>The task.</summary>
    public Guid TaskId { get; }

    /// <summary>The state the task ended in.</summary>
    public TaskState State { get; }
}
