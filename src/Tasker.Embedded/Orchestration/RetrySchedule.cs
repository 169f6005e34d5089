using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>Decides whether and when a failed step is tried again.</summary>
/// <param name="random">Spreads retries, so that steps that failed together are not tried together.</param>
internal sealed class RetrySchedule(Random random)
{
    /// <summary>A wait is shortened by at most this part of it, so that it never exceeds what the policy says.</summary>
    internal const double MaxJitter = 0.15;

    /// <summary>The longest wait that another system may ask for (protocol sheet §8.3).</summary>
    internal static readonly TimeSpan MaxRetryAfter = TimeSpan.FromHours(1);

    /// <summary>A policy may ask for any time; one that no calendar has would end in an error.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(100 * 365);

    /// <summary>Whether another attempt follows the failure of this one. Every attempt counts; the first always happens.</summary>
    public static bool AllowsAnother(RetryPolicy policy, StepFailure failure, int attempts) =>
        failure.Retryable && policy.Retryable && attempts < policy.MaxAttempts;

    /// <summary>How long to wait before the next attempt.</summary>
    public TimeSpan Delay(RetryPolicy policy, StepFailure failure, int attempts)
    {
        if (failure.RetryAfter is { } asked)
            return asked < TimeSpan.Zero ? TimeSpan.Zero : asked > MaxRetryAfter ? MaxRetryAfter : asked;
        var delay = policy.DelayAfter(attempts);
        delay = delay < TimeSpan.Zero ? TimeSpan.Zero : delay > LongestDelay ? LongestDelay : delay;
        return delay - TimeSpan.FromTicks((long)(delay.Ticks * MaxJitter * random.NextDouble()));
    }
}
