using Polly.CircuitBreaker;
using Polly.Timeout;

namespace Tasker.Http;

/// <summary>Says in the API client's own terms why the resilience inside it gave up.</summary>
internal sealed class ResilienceFailures(string client, TimeSpan breakDuration) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException exception)
        {
            throw new TimeoutException("No attempt was answered in its time.", exception);
        }
        catch (BrokenCircuitException exception)
        {
            throw new ApiException(
                $"API client '{client}' sends nothing for now: too many of its calls failed, so its circuit breaker is open.", "circuit_open", retryable: true, exception)
            {
                RetryAfter = exception.RetryAfter ?? breakDuration,
            };
        }
    }
}
