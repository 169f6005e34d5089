namespace Tasker.Http;

/// <summary>
/// How an API client tries again inside a step, before the step fails and its own retries begin. The client's own
/// <see cref="ApiClientOptions.Timeout"/> bounds all attempts together.
/// </summary>
public sealed class ApiResilienceOptions
{
    /// <summary>How often a request is sent again. Default 2; 0 for the circuit breaker alone.</summary>
    public int MaxRetries { get; set; } = 2;

    /// <summary>How long to wait before the first repetition; each further wait doubles, with jitter. Default 500 milliseconds.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// The longest wait inside the step. When the API asks for a longer one with <c>Retry-After</c>, the step fails at once and waits
    /// outside of the worker instead. Default 5 seconds.
    /// </summary>
    public TimeSpan MaxDelay { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long one attempt may take until its answer begins. Default 10 seconds; 10 milliseconds or more.</summary>
    public TimeSpan AttemptTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether methods that change something without being repeatable, POST and PATCH, are sent again too. Default no: an attempt
    /// that seemed to fail may have done its work.
    /// </summary>
    public bool RetryUnsafeMethods { get; set; }

    /// <summary>The share of failed attempts, above 0 up to 1, that opens the circuit breaker. Default 0.5.</summary>
    public double FailureRatio { get; set; } = 0.5;

    /// <summary>How many attempts there must be in <see cref="SamplingDuration"/> for the breaker to judge; 2 or more. Default 20.</summary>
    public int MinimumThroughput { get; set; } = 20;

    /// <summary>How long attempts count. Default 30 seconds; half a second or more.</summary>
    public TimeSpan SamplingDuration { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long the open breaker lets nothing through. Steps that meet it fail with <c>circuit_open</c> and are retried after this time.
    /// Default 15 seconds; half a second or more.
    /// </summary>
    public TimeSpan BreakDuration { get; set; } = TimeSpan.FromSeconds(15);
}
