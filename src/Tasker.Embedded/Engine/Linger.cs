using System.Diagnostics;

namespace Tasker.Embedded.Engine;

/// <summary>
/// How long a commit waits for more to carry. Without it a wave of steps that end together, or of tasks that start together, is split: the first of them
/// goes into one commit, and the others wait for the next. It waits for a part of what a commit takes, and stops trying for a while when that brought
/// nothing.
/// </summary>
internal sealed class Linger
{
    private const int LongestPause = 64;
    private const double PartOfCommit = 0.5;

    private static readonly TimeSpan Longest = TimeSpan.FromMicroseconds(500);

    private TimeSpan _commit = Longest / 2;
    private long _began;
    private TimeSpan _limit;
    private bool _gained;
    private int _misses;
    private int _pause;

    /// <summary>How many commands the last commit carried: as many may be under way again.</summary>
    public int Expected { get; private set; }

    /// <summary>A commit took that long, and carried the outcome of that many commands.</summary>
    public void Committed(TimeSpan duration, int commands)
    {
        _commit += (duration - _commit) / 8;
        Expected = commands;
    }

    /// <summary>Whether to wait now.</summary>
    public bool Begin()
    {
        if (_pause > 0)
        {
            _pause--;
            return false;
        }

        _gained = false;
        _limit = _commit * PartOfCommit;
        if (_limit > Longest)
            _limit = Longest;
        _began = Stopwatch.GetTimestamp();
        return true;
    }

    /// <summary>The wait brought something.</summary>
    public void Gained() => _gained = true;

    /// <summary>Lets others work for a moment.</summary>
    /// <returns>Whether to wait on.</returns>
    public bool Goes()
    {
        if (!Thread.Yield())
            Thread.SpinWait(20);
        return Stopwatch.GetElapsedTime(_began) < _limit;
    }

    /// <summary>The wait is over.</summary>
    public void End()
    {
        _misses = _gained ? 0 : Math.Min((_misses * 2) + 1, LongestPause);
        _pause = _misses;
    }
}
