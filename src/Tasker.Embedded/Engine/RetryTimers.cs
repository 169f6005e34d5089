using System.Diagnostics.CodeAnalysis;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>Wakes the engine when the next retry is due: one timer for all, and none while nothing waits. Used by the engine only.</summary>
internal sealed class RetryTimers : IDisposable
{
    /// <summary>Longer waits are made in pieces: timers have an upper limit.</summary>
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(12);

    private readonly PriorityQueue<StepRun, DateTimeOffset> _due = new();
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private DateTimeOffset _armedFor = DateTimeOffset.MaxValue;

    public RetryTimers(TimeProvider time, Action wake)
    {
        _time = time;
        _timer = time.CreateTimer(_ => wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Adds a step that began to wait for a retry, unless a person has ended its wait since.</summary>
    public void Add(StepRun step)
    {
        if (step.NextAttemptAt is { } due)
            _due.Enqueue(step, due);
    }

    /// <summary>The timer went off, perhaps a little early: it has to be set anew.</summary>
    public void Fired() => _armedFor = DateTimeOffset.MinValue;

    /// <summary>Takes a step whose retry is due.</summary>
    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out StepRun? step)
    {
        while (_due.TryPeek(out step, out var due) && due <= now)
        {
            _due.Dequeue();
            if (step.State is StepState.WaitingForRetry && step.NextAttemptAt == due)
                return true;
        }

        step = null;
        return false;
    }

    /// <summary>Sets the timer for the next retry, or for <paramref name="other"/> when that comes first.</summary>
    public void Arm(DateTimeOffset now, DateTimeOffset other)
    {
        var next = _due.TryPeek(out _, out var due) && due < other ? due : other;
        if (next == _armedFor && next > now)
            return;
        _armedFor = next;
        if (next == DateTimeOffset.MaxValue)
        {
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            return;
        }

        // Timers count whole milliseconds and must not fire early. The clock has moved on since the round began.
        var left = next - _time.GetUtcNow();
        var wait = left <= TimeSpan.Zero ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Math.Ceiling(left.TotalMilliseconds));
        if (wait > LongestSleep)
        {
            wait = LongestSleep;
            _armedFor = DateTimeOffset.MinValue;
        }

        _timer.Change(wait, Timeout.InfiniteTimeSpan);
    }

    public void Dispose() => _timer.Dispose();
}
