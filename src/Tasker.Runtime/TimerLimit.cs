namespace Tasker;

/// <summary>How far timers go.</summary>
internal static class TimerLimit
{
    /// <summary>Timers take 2^32 - 2 milliseconds, some 49 days.</summary>
    public const int MaxDays = 49;

    private static readonly TimeSpan Longest = TimeSpan.FromDays(MaxDays);

    /// <summary>The time itself, or the longest that a timer takes.</summary>
    public static TimeSpan Bound(TimeSpan time) => time > Longest ? Longest : time;
}
