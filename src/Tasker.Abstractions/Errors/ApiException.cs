namespace Tasker;

/// <summary>
/// A call to an HTTP API failed: the API answered with a status that is no success, with something unreadable, or not at all.
/// <see cref="StepException.ErrorType"/> and <see cref="StepException.Retryable"/> follow the status
/// (<c>docs/api-client.md</c> has the table), <see cref="StepException.RetryAfter"/> what the API asked for.
/// No message carries a secret or a query string.
/// </summary>
public sealed class ApiException : StepException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="errorType">The stable name of the kind of error, such as <c>bad_gateway</c>, <c>connection_error</c> or <c>timeout</c>.</param>
    /// <param name="retryable">Whether another attempt can succeed.</param>
    /// <param name="innerException">The cause.</param>
    public ApiException(string message, string errorType, bool retryable, Exception? innerException = null)
        : base(message, innerException, errorType, retryable) { }
}
