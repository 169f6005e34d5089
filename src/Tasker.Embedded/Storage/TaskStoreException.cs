namespace Tasker.Embedded;

/// <summary>
/// The store of the embedded engine cannot be used: it is missing, locked, full, read-only, damaged, or of another program or version. The
/// message names the file and the remedy. Nothing that was acknowledged before is lost.
/// </summary>
public sealed class TaskStoreException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong, with which file, and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public TaskStoreException(string message, Exception? innerException = null)
        : base(message, innerException) { }
}
