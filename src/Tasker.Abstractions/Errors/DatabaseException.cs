namespace Tasker;

/// <summary>A database refuses what the step wants, and will again: a broken constraint, a missing table.</summary>
public sealed class DatabaseException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public DatabaseException(string message, Exception? innerException = null)
        : base(message, innerException, "database_error") { }
}
