namespace Tasker;

/// <summary>The step, or something it waited for, took too long.</summary>
/// <param name="message">What went wrong.</param>
/// <param name="retryAfter">How long to wait before the next attempt; <see langword="null"/> leaves it to the step's backoff.</param>
/// <param name="innerException">The cause.</param>
public sealed class StepTimeoutException(string message, TimeSpan? retryAfter = null, Exception? innerException = null)
    : RetryableException(message, retryAfter, innerException, "timeout");
