namespace Tasker.Embedded.Orchestration;

/// <summary>A UTC time or none, in a third of the space of a nullable <see cref="DateTimeOffset"/>: there are many of them in memory.</summary>
internal readonly struct OptionalTime
{
    private readonly long _ticks;

    private OptionalTime(long ticks) => _ticks = ticks;

    public static implicit operator OptionalTime(DateTimeOffset? time) => new(time?.UtcTicks ?? 0);

    public static implicit operator DateTimeOffset?(OptionalTime time) => time._ticks == 0 ? null : new DateTimeOffset(time._ticks, TimeSpan.Zero);
}
