using System.Collections.Immutable;
using System.Globalization;

namespace Tasker.Worker;

/// <summary>The one place that turns exceptions into failures: the host's classifiers first, then the default table.</summary>
internal sealed class ErrorClassifier(IEnumerable<IErrorClassifier> classifiers)
{
    private const int MaxBacktraceFrames = 50;

    private readonly IErrorClassifier[] _classifiers = [.. classifiers];

    public StepFailure Classify(Exception exception)
    {
        foreach (var classifier in _classifiers)
        {
            if (classifier.Classify(exception) is { } failure)
                return failure;
        }

        return exception switch
        {
            StepException step => Create(step, step.ErrorType, step.Retryable) with
            {
                ErrorCode = step.ErrorCode,
                RetryAfter = step.RetryAfter,
                StatusCode = step.StatusCode,
                Context = step.Context,
            },
            TimeoutException => Create(exception, "timeout", retryable: true),
            HttpRequestException http => Create(exception, "network_error", retryable: true) with { StatusCode = (int?)http.StatusCode },
            NotImplementedException or NotSupportedException => Create(exception, "permanent_error", retryable: false),
            _ => Create(exception, "handler_error", retryable: true),
        };
    }

    public static StepFailure HandlerNotFound(string callable, string? method) => new()
    {
        Message = method is null
            ? $"Handler not found: {callable}. No method of this host has a Tasker attribute with that callable; is its assembly's AddHandlers() called?"
            : $"Handler not found: {callable}, method {method}. No method of this host has a Tasker attribute with that callable and Method = \"{method}\".",
        ErrorType = "handler_not_found",
        Retryable = false,
    };

    public static StepFailure TimedOut(TimeSpan timeout) => new()
    {
        Message = string.Create(CultureInfo.InvariantCulture, $"Handler timed out after {timeout.TotalMilliseconds:0}ms"),
        ErrorType = "handler_timeout",
        Retryable = true,
    };

    private static StepFailure Create(Exception exception, string errorType, bool retryable) => new()
    {
        Message = exception.Message.Length > 0 ? exception.Message : exception.GetType().Name,
        ErrorType = errorType,
        Retryable = retryable,
        Backtrace = Backtrace(exception),
    };

    private static ImmutableArray<string> Backtrace(Exception exception)
    {
        if (exception.StackTrace is not { } trace)
            return [];
        var frames = ImmutableArray.CreateBuilder<string>();
        foreach (var line in trace.AsSpan().EnumerateLines())
        {
            if (frames.Count == MaxBacktraceFrames)
                break;
            var frame = line.Trim();
            if (!frame.IsEmpty)
                frames.Add(frame.ToString());
        }

        return frames.ToImmutable();
    }
}
