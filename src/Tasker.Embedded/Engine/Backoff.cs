namespace Tasker.Embedded.Engine;

/// <summary>When to ask the store again for what it has refused: after a delay that doubles with each refusal. Used by the engine only.</summary>
/// <param name="first">The first delay.</param>
/// <param name="longest">The delay does not grow beyond this.</param>
internal sealed class Backoff(TimeSpan first, TimeSpan longest)
{
    private TimeSpan _delay;

    /// <summary>When to try again; <see cref="DateTimeOffset.MaxValue"/> when nothing was refused.</summary>
    public DateTimeOffset At { get; private set; } = DateTimeOffset.MaxValue;

    public void Failed(DateTimeOffset now)
    {
        _delay = _delay == TimeSpan.Zero ? first : _delay * 2;
        if (_delay > longest)
            _delay = longest;
        At = now + _delay;
    }

    /// <returns>Whether it had failed before.</returns>
    public bool Succeeded()
    {
        if (_delay == TimeSpan.Zero)
            return false;
        _delay = TimeSpan.Zero;
        At = DateTimeOffset.MaxValue;
        return true;
    }
}
