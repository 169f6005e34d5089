using Tasker.Http;
using Tasker.Json;

namespace Tasker.Examples;

public sealed record RateTable(string Base, Dictionary<string, decimal> Rates);

[TaskTemplate("exchange", Namespace = "examples", Version = "1.0.0")]
public static partial class Exchange
{
    // Statuses become failures that are retried or not, and after how long; secrets and certificates come from AddApiClient.
    [ApiHandler("fetch_rates", BaseAddress = "https://rates.example/v1", CallTimeoutSeconds = 10, MaxAttempts = 5)]
    public static Task<RateTable> Fetch(ApiClient api, JsonCodec<RateTable> rates, [FromInput] string currency, CancellationToken cancellationToken) =>
        api.GetAsync($"latest/{currency}", rates, cancellationToken);
}
