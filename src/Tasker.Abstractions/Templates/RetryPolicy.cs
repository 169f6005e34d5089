namespace Tasker.Templates;

/// <summary>How the wait between two attempts grows.</summary>
public enum BackoffStrategy
{
    /// <summary>No wait.</summary>
    None,

    /// <summary>base × n.</summary>
    Linear,

    /// <summary>base × 2ⁿ⁻¹.</summary>
    Exponential,

    /// <summary>base × fib(n).</summary>
    Fibonacci,
}

/// <summary>How often and how fast a failed step is tried again (protocol sheet §3.2, <c>retry</c>).</summary>
public sealed record RetryPolicy
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(30);

    /// <summary>The policy of a step whose template says nothing: three attempts, exponential from 1 s to 30 s.</summary>
    public static RetryPolicy Default { get; } = new() { BackoffBase = ShortestDelay, MaxBackoff = LongestDelay };

    /// <summary>Whether a retryable failure is tried again at all. Default <see langword="true"/>.</summary>
    public bool Retryable { get; init; } = true;

    /// <summary>All attempts, the first included. Default 3. The first run always happens, whatever this says.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>How the wait grows. Default <see cref="BackoffStrategy.Exponential"/>.</summary>
    public BackoffStrategy Backoff { get; init; } = BackoffStrategy.Exponential;

    /// <summary>The first wait; <see langword="null"/>, for a policy that does not say, means 1 second.</summary>
    public TimeSpan? BackoffBase { get; init; }

    /// <summary>The longest wait; <see langword="null"/>, for a policy that does not say, means 30 seconds.</summary>
    public TimeSpan? MaxBackoff { get; init; }

    /// <summary>The wait before the attempt that follows <paramref name="attempts"/> failed ones, before jitter.</summary>
    /// <param name="attempts">Attempts made so far, 1 or more.</param>
    public TimeSpan DelayAfter(int attempts)
    {
        var n = Math.Max(attempts, 1);
        var factor = Backoff switch
        {
            BackoffStrategy.None => 0d,
            BackoffStrategy.Linear => n,
            BackoffStrategy.Fibonacci => Fibonacci(n),
            _ => Math.Pow(2, Math.Min(n - 1, 62)),
        };
        var ticks = factor * (BackoffBase ?? ShortestDelay).Ticks;
        var longest = MaxBackoff ?? LongestDelay;
        return ticks >= longest.Ticks ? longest : TimeSpan.FromTicks((long)ticks);
    }

    private static double Fibonacci(int n)
    {
        var (a, b) = (0d, 1d);
        for (var i = 1; i < n && b < 1e15; i++)
            (a, b) = (b, a + b);
        return b;
    }
}
