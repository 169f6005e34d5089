namespace Tasker;

/// <summary>
/// The root of the exceptions a handler throws to say how its failure is to be treated. Any other exception is retryable unless the
/// host's error classifier says otherwise.
/// </summary>
public abstract class StepException : Exception
{
    private protected StepException(string message, Exception? innerException, string errorType, bool retryable)
        : base(message, innerException)
    {
        ErrorType = errorType;
        Retryable = retryable;
    }

    /// <summary>The stable name of the kind of error, in snake_case, such as <c>validation_error</c>.</summary>
    public string ErrorType { get; }

    /// <summary>Whether another attempt can succeed.</summary>
    public bool Retryable { get; }

    /// <summary>The application's own code for the error.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>How long to wait before the next attempt, when the other side said so. Overrides the step's backoff.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status that caused the error, if one did.</summary>
    public int? StatusCode { get; init; }

    /// <summary>Facts about the error worth keeping with the failure, such as the id of what was not found. Never put secrets here.</summary>
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Facts about the attempt worth keeping with the failure, such as how many rows it had read. Never put secrets here.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
