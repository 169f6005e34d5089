namespace Tasker;

/// <summary>The step failed for now; another attempt may succeed.</summary>
public class RetryableException : StepException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="retryAfter">How long to wait before the next attempt; <see langword="null"/> leaves it to the step's backoff.</param>
    /// <param name="innerException">The cause.</param>
    public RetryableException(string message, TimeSpan? retryAfter = null, Exception? innerException = null)
        : base(message, innerException, "retryable_error", retryable: true) => RetryAfter = retryAfter;

    private protected RetryableException(string message, TimeSpan? retryAfter, Exception? innerException, string errorType)
        : base(message, innerException, errorType, retryable: true) => RetryAfter = retryAfter;
}
