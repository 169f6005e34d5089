namespace Tasker.Postgres;

/// <summary>The longest time that an option may say: as much as timers and requests take.</summary>
internal static class TimeLimit
{
    public const int MaxDays = 24;

    public static TimeSpan Longest { get; } = TimeSpan.FromDays(MaxDays);
}
