namespace Tasker;

/// <summary>The step failed and no further attempt can succeed.</summary>
public class PermanentException : StepException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public PermanentException(string message, Exception? innerException = null)
        : base(message, innerException, "permanent_error", retryable: false) { }

    private protected PermanentException(string message, Exception? innerException, string errorType)
        : base(message, innerException, errorType, retryable: false) { }
}
