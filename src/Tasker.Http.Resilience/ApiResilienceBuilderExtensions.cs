using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;
using Tasker.Hosting;
using Tasker.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds resilience to API clients.</summary>
public static class ApiResilienceBuilderExtensions
{
    private const string Pipeline = "tasker";

    /// <summary>
    /// Lets the API client of a callable try again inside a step and stop for a while when most of its calls fail. Without this a
    /// failed call fails the step, and the step's own retry policy decides. Call it once a client.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="callable">The client's name.</param>
    /// <param name="configure">Changes the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    public static TaskerBuilder AddApiResilience(this TaskerBuilder builder, string callable, Action<ApiResilienceOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var options = new ApiResilienceOptions();
        configure?.Invoke(options);
        Check(options);
        builder.AddApiClient(callable);
        var client = builder.Services.AddHttpClient(callable);
        client.AddHttpMessageHandler(() => new ResilienceFailures(callable, options.BreakDuration));
        client.AddResilienceHandler(Pipeline, (pipeline, context) =>
        {
            pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
            if (options.MaxRetries > 0)
                pipeline.AddRetry(Retry(options, pipeline.TimeProvider));
            pipeline.AddCircuitBreaker(Breaker(options)).AddTimeout(options.AttemptTimeout);
        });
        return builder;
    }

    /// <summary>Here rather than in the first step that calls, where a mistake of the setup would be retried.</summary>
    private static void Check(ApiResilienceOptions options)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxRetries);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MaxDelay, options.Delay);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.AttemptTimeout, TimeSpan.FromMilliseconds(10));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.FailureRatio);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.FailureRatio, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MinimumThroughput, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(options.SamplingDuration, TimeSpan.FromMilliseconds(500));
        ArgumentOutOfRangeException.ThrowIfLessThan(options.BreakDuration, TimeSpan.FromMilliseconds(500));
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry(ApiResilienceOptions options, TimeProvider time) => new()
    {
        MaxRetryAttempts = options.MaxRetries,
        Delay = options.Delay,
        MaxDelay = options.MaxDelay,
        BackoffType = DelayBackoffType.Exponential,
        UseJitter = true,
        ShouldHandle = arguments => ValueTask.FromResult(
            arguments.Outcome.Exception is not BrokenCircuitException
            && IsTransient(arguments.Outcome)
            && (options.RetryUnsafeMethods || IsRepeatable(arguments.Context.GetRequestMessage()))
            && !(RetryAfter(arguments.Outcome.Result, time) > options.MaxDelay)),
        DelayGenerator = arguments => ValueTask.FromResult(RetryAfter(arguments.Outcome.Result, time)),
    };

    private static CircuitBreakerStrategyOptions<HttpResponseMessage> Breaker(ApiResilienceOptions options) => new()
    {
        FailureRatio = options.FailureRatio,
        MinimumThroughput = options.MinimumThroughput,
        SamplingDuration = options.SamplingDuration,
        BreakDuration = options.BreakDuration,
        ShouldHandle = static arguments => ValueTask.FromResult(IsTransient(arguments.Outcome)),
    };

    /// <summary>The same statuses and failures that the API client calls retryable.</summary>
    private static bool IsTransient(Outcome<HttpResponseMessage> outcome) =>
        outcome.Exception is { } exception ? IsTransient(exception) : outcome.Result is { } response && ApiStatus.Of((int)response.StatusCode).Retryable;

    private static bool IsTransient(Exception exception) => exception switch
    {
        TimeoutRejectedException => true,
        HttpRequestException http => http.HttpRequestError is not HttpRequestError.ConfigurationLimitExceeded
            && http.InnerException is not System.Security.Authentication.AuthenticationException,
        _ => false,
    };

    private static bool IsRepeatable(HttpRequestMessage? request) => request is not null && request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch;

    private static TimeSpan? RetryAfter(HttpResponseMessage? response, TimeProvider time) =>
        response is null ? null : RetryAfterHeader.Read(response, time.GetUtcNow());
}
