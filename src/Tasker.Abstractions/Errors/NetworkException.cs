namespace Tasker;

/// <summary>The other side could not be reached.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="retryAfter">How long to wait before the next attempt; <see langword="null"/> leaves it to the step's backoff.</param>
/// <param name="innerException">The cause.</param>
public sealed class NetworkException(string message, TimeSpan? retryAfter = null, Exception? innerException = null)
    : RetryableException(message, retryAfter, innerException, "network_error");
