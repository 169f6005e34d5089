namespace Tasker.Client;

/// <summary>What was asked for is not possible in the state that a task, or one of its steps, is in.</summary>
public sealed class TaskStateException : InvalidOperationException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">The task.</param>
    /// <param name="message">What is not possible, why, and what is.</param>
    /// <param name="innerException">The cause.</param>
    public TaskStateException(Guid taskId, string message, Exception? innerException = null)
        : base(message, innerException) => TaskId = taskId;

    /// <summary>The task.</summary>
    public Guid TaskId { get; }
}
