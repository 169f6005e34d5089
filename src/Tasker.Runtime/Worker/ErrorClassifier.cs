using System.Collections.Immutable;
using System.Globalization;

namespace Tasker.Worker;

/// <summary>
/// The one place that turns exceptions into failures: the classifiers of the handler first, then those of the host, then the default table.
/// </summary>
internal sealed class ErrorClassifier(IEnumerable<IErrorClassifier> classifiers, IEnumerable<HandlerErrorClassifier> ofHandlers)
{
    private const int MaxBacktraceFrames = 50;

    private readonly IErrorClassifier[] _ofHost = [.. classifiers];
    private readonly ILookup<string, IErrorClassifier> _ofHandlers = ofHandlers.ToLookup(own => own.Callable, own => own.Classifier, StringComparer.Ordinal);

    /// <param name="exception">What a handler threw.</param>
    /// <param name="callable">The handler's callable.</param>
    public StepFailure Classify(Exception exception, string callable)
    {
        try
        {
            foreach (var classifier in _ofHandlers[callable].Concat(_ofHost))
            {
                if (classifier.Classify(exception) is not { } failure)
                    continue;
                return failure with
                {
                    Backtrace = failure.Backtrace.IsDefaultOrEmpty ? Backtrace(exception) : failure.Backtrace,
                    Context = CopyOf(failure.Context),
                    Metadata = CopyOf(failure.Metadata),
                };
            }
        }
        catch (Exception broken)
        {
            // The handler's own error is what counts; that its classifier failed is a fact about it.
            return ByTable(exception) with { Metadata = new Dictionary<string, string> { ["classifier_error"] = MessageOf(broken) } };
        }

        return ByTable(exception);
    }

    /// <summary>The defaults; <c>docs/handlers.md</c> shows them, and a test compares the two.</summary>
    private static StepFailure ByTable(Exception exception) =>
        exception switch
        {
            StepException step => Create(step, step.ErrorType, step.Retryable) with
            {
                ErrorCode = step.ErrorCode,
                RetryAfter = step.RetryAfter,
                StatusCode = step.StatusCode,
                Context = Ask(step, static one => CopyOf(one.Context)),
                Metadata = Ask(step, static one => CopyOf(one.Metadata)),
            },
            TimeoutException => Create(exception, "timeout", retryable: true),
            HttpRequestException http => Create(exception, "network_error", retryable: true) with { StatusCode = (int?)http.StatusCode },
            NotImplementedException or NotSupportedException => Create(exception, "permanent_error", retryable: false),
            _ => Create(exception, "handler_error", retryable: true),
        };

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
        Message = MessageOf(exception),
        ErrorType = errorType,
        Retryable = retryable,
        Backtrace = Backtrace(exception),
    };

    /// <summary>An exception of the application's may have no message; its name has to do then.</summary>
    private static string MessageOf(Exception exception) =>
        Ask(exception, static one => one.Message) is { Length: > 0 } message ? message : exception.GetType().Name;

    /// <summary>What an exception of the application's says of itself; nothing when it fails to say it, or says what cannot be read.</summary>
    private static T? Ask<TException, T>(TException exception, Func<TException, T?> property)
        where TException : Exception
        where T : class
    {
        try
        {
            return property(exception);
        }
        catch (Exception)
        {
            return null;
        }
    }

    /// <summary>Facts as they are now: whoever gave them may go on writing.</summary>
    private static Dictionary<string, string>? CopyOf(IReadOnlyDictionary<string, string>? facts) => facts is null ? null : new(facts);

    private static ImmutableArray<string> Backtrace(Exception exception)
    {
        if (Ask(exception, static one => one.StackTrace) is not { } trace)
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
