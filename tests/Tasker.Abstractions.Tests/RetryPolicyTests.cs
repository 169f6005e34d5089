using Tasker.Templates;

namespace Tasker.Tests;

public sealed class RetryPolicyTests
{
    [Theory]
    [InlineData(BackoffStrategy.None, "0 0 0 0 0 0")]
    [InlineData(BackoffStrategy.Linear, "1 2 3 4 5 6")]
    [InlineData(BackoffStrategy.Exponential, "1 2 4 8 16 20")]
    [InlineData(BackoffStrategy.Fibonacci, "1 1 2 3 5 8")]
    public void The_wait_grows_by_the_strategy_up_to_the_cap(BackoffStrategy strategy, string expectedSeconds)
    {
        var policy = new RetryPolicy { Backoff = strategy, MaxBackoff = TimeSpan.FromSeconds(20) };

        Assert.Equal(expectedSeconds, string.Join(' ', Enumerable.Range(1, 6).Select(n => policy.DelayAfter(n).TotalSeconds)));
    }

    [Theory]
    [InlineData(BackoffStrategy.Exponential)]
    [InlineData(BackoffStrategy.Fibonacci)]
    [InlineData(BackoffStrategy.Linear)]
    public void Any_number_of_attempts_stays_at_the_cap(BackoffStrategy strategy) =>
        Assert.Equal(TimeSpan.FromSeconds(30), new RetryPolicy { Backoff = strategy }.DelayAfter(int.MaxValue));
}
