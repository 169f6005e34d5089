using System.Globalization;

namespace Tasker.Http;

/// <summary>
/// One call from its sending to the end of its body: its time, its cancellation, its secrets, and the one place that turns what the
/// network throws into failures.
/// </summary>
internal sealed class ApiCall : IDisposable
{
    private readonly CancellationTokenSource _timeout;
    private readonly CancellationTokenSource _cancellation;
    private readonly CancellationToken _step;
    private readonly CancellationToken _caller;

    public ApiCall(string client, HttpMethod method, Uri address, ApiClientOptions options, TimeSpan timeout, TimeProvider time, CancellationToken step, CancellationToken caller)
    {
        Client = client;
        Request = $"{method} {ApiAddress.Display(address)}";
        Host = address.Host;
        Options = options;
        Timeout = TimerLimit.Bound(timeout);
        _step = step;
        _caller = caller;
        _timeout = new CancellationTokenSource(Timeout, time);
        _cancellation = CancellationTokenSource.CreateLinkedTokenSource(step, caller, _timeout.Token);
    }

    public string Client { get; }

    /// <summary>The method and the address, fit for messages.</summary>
    public string Request { get; }

    public string Host { get; }

    public ApiClientOptions Options { get; }

    public TimeSpan Timeout { get; }

    public SecretRedactor Secrets { get; } = new();

    /// <summary>Set when the time is up, the caller gives up or the step is cancelled.</summary>
    public CancellationToken Token => _cancellation.Token;

    /// <summary>Something arrived: from now on the whole time is left again.</summary>
    public void RestartTimeout() => _timeout.CancelAfter(Timeout);

    /// <summary>Ends the call when another token is set.</summary>
    public CancellationTokenRegistration CancelWith(CancellationToken token) =>
        token.CanBeCanceled && token != Token
            ? token.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), _cancellation)
            : default;

    public ApiException Failure(string message, string errorType, bool retryable, Exception? cause = null, int? status = null) =>
        new(message, errorType, retryable, cause is null ? null : Secrets.Clean(cause))
        {
            StatusCode = status,
            Context = new Dictionary<string, string> { ["request"] = Request },
        };

    /// <summary>What an exception of the network means; <see langword="null"/> when it says so itself or is none of the network's.</summary>
    /// <param name="exception">What was thrown.</param>
    /// <param name="token">Who else may have cancelled.</param>
    public Exception? Translate(Exception exception, CancellationToken token = default) => exception switch
    {
        StepException => null,
        OperationCanceledException => TranslateCancellation(exception, token),
        TimeoutException => Failure($"Request timeout: {Request}: {Secrets.Clean(exception.Message)}", "timeout", retryable: true, exception),
        HttpRequestException or IOException when WhoCancelled(token) is { } canceller => new OperationCanceledException(canceller),
        HttpRequestException or IOException when _timeout.IsCancellationRequested => TimedOut(exception),
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => TooLarge(
            string.Create(CultureInfo.InvariantCulture, $"the head of the answer is larger than {Options.MaxResponseHeaderKilobytes} KiB ({nameof(ApiClientOptions)}.{nameof(ApiClientOptions.MaxResponseHeaderKilobytes)})"),
            exception),
        HttpRequestException { InnerException: System.Security.Authentication.AuthenticationException refused } => Failure(
            $"TLS error while calling {Request}: {Secrets.Clean(refused.Message)} If {Host} has a certificate of a private authority, add its root to " +
            $"{nameof(ApiClientOptions)}.{nameof(ApiClientOptions.Tls)}.{nameof(ApiTlsOptions.CustomRoots)} of API client '{Client}'.",
            "tls_error",
            retryable: false,
            exception),
        HttpRequestException or IOException => Failure(
            $"Connection error while calling {Request}: {Secrets.Clean(exception.Message)}", "connection_error", retryable: true, exception),
        _ => null,
    };

    public ApiException TooLarge(string what, Exception? cause = null) =>
        Failure($"The answer of {Request} is too large: {what}.", "response_too_large", retryable: false, cause);

    public void Dispose()
    {
        _cancellation.Dispose();
        _timeout.Dispose();
    }

    private Exception TranslateCancellation(Exception exception, CancellationToken token) =>
        WhoCancelled(token) is { } canceller ? new OperationCanceledException(exception.Message, exception, canceller) : TimedOut(exception);

    private CancellationToken? WhoCancelled(CancellationToken token)
    {
        if (_step.IsCancellationRequested)
            return _step;
        if (_caller.IsCancellationRequested)
            return _caller;
        return token != Token && token.IsCancellationRequested ? token : null;
    }

    private ApiException TimedOut(Exception cause) =>
        Failure(
            string.Create(CultureInfo.InvariantCulture, $"Request timeout: {Request} did not answer within {Timeout.TotalSeconds:0.###} s."),
            "timeout",
            retryable: true,
            cause);
}
