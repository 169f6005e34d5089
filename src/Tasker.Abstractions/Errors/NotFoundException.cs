namespace Tasker;

/// <summary>Something the step needs does not exist.</summary>
public sealed class NotFoundException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public NotFoundException(string message, Exception? innerException = null)
        : base(message, innerException, "not_found") { }
}
