namespace Tasker;

/// <summary>An input, a configuration value or another step's result is missing or not what the step needs.</summary>
public sealed class ValidationException : PermanentException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and how to mend it.</param>
    /// <param name="innerException">The cause.</param>
    public ValidationException(string message, Exception? innerException = null)
        : base(message, innerException, "validation_error") { }
}
