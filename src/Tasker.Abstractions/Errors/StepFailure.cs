using System.Collections.Immutable;

namespace Tasker;

/// <summary>A failed attempt as data: what is stored with the step and reported to the orchestrator.</summary>
public sealed record StepFailure
{
    /// <summary>What went wrong.</summary>
    public required string Message { get; init; }

    /// <summary>The stable name of the kind of error, in snake_case.</summary>
    public required string ErrorType { get; init; }

    /// <summary>Whether another attempt can succeed. The orchestrator decides by this and by the attempts left.</summary>
    public required bool Retryable { get; init; }

    /// <summary>The application's own code for the error.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>How long to wait before the next attempt; <see langword="null"/> leaves it to the step's backoff.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The HTTP status that caused the error, if one did.</summary>
    public int? StatusCode { get; init; }

    /// <summary>The stack trace, one frame a line, innermost first.</summary>
    public ImmutableArray<string> Backtrace { get; init; } = [];

    /// <summary>Facts about the error (protocol sheet §7.1, <c>error.context</c>).</summary>
    public IReadOnlyDictionary<string, string>? Context { get; init; }

    /// <summary>Facts about the attempt (protocol sheet §7.1, <c>metadata.custom</c>).</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }
}
