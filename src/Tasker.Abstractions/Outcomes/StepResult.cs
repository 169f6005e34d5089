namespace Tasker;

/// <summary>An explicit success or failure, for handlers that do not want to throw.</summary>
public static class StepResult
{
    /// <summary>The step succeeded with a value.</summary>
    public static StepResult<T> Success<T>(T value) => new(value);

    /// <summary>The step failed.</summary>
    /// <param name="message">What went wrong.</param>
    /// <param name="retryable">Whether another attempt can succeed.</param>
    /// <param name="errorType">The stable name of the kind of error, in snake_case.</param>
    /// <param name="errorCode">The application's own code for the error.</param>
    public static StepFailure Failure(string message, bool retryable, string errorType = "handler_error", string? errorCode = null) =>
        new() { Message = message, Retryable = retryable, ErrorType = errorType, ErrorCode = errorCode };
}

/// <summary>An explicit success or failure. A value or a <see cref="StepFailure"/> converts to it.</summary>
/// <typeparam name="T">The value's type.</typeparam>
public readonly struct StepResult<T>
{
    internal StepResult(T value) => Value = value;

    private StepResult(StepFailure failure)
    {
        Value = default!;
        Failure = failure;
    }

    /// <summary>The value of a success; the default otherwise.</summary>
    public T Value { get; }

    /// <summary>The failure, or <see langword="null"/>.</summary>
    public StepFailure? Failure { get; }

    /// <summary>A success.</summary>
    public static implicit operator StepResult<T>(T value) => new(value);

    /// <summary>A failure.</summary>
    public static implicit operator StepResult<T>(StepFailure failure) => new(failure);
}
