namespace Tasker.Client;

/// <summary>A request was refused because the same one was made before.</summary>
public sealed class DuplicateTaskException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="taskId">The task of the earlier request; <see langword="null"/> when the orchestrator does not tell.</param>
    /// <param name="message">Which request it repeats.</param>
    /// <param name="innerException">The cause.</param>
    public DuplicateTaskException(Guid? taskId, string message, Exception? innerException = null)
        : base(message, innerException) => TaskId = taskId;

    /// <summary>The task of the earlier request; <see langword="null"/> when the orchestrator does not tell.</summary>
    public Guid? TaskId { get; }
}
