using System.Diagnostics.CodeAnalysis;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>
/// Knows which tasks become stale next. Only tasks whose template sets limits are in it, each at most once for each time it is due. Used by the
/// engine only.
/// </summary>
internal sealed class StalenessWatch
{
    private readonly PriorityQueue<TaskRun, DateTimeOffset> _due = new();

    /// <summary>When to look again.</summary>
    public DateTimeOffset Next => _due.TryPeek(out _, out var due) ? due : DateTimeOffset.MaxValue;

    /// <summary>Looks at a task when it would be stale, unless it is looked at before that anyway.</summary>
    public void Watch(TaskRun run)
    {
        if (run.StaleAt() is not { } due || due >= run.LookedAtNext)
            return;
        run.LookedAtNext = due;
        _due.Enqueue(run, due);
    }

    /// <summary>Takes a task that is stale. One that has moved on since is looked at later.</summary>
    public bool TryTake(DateTimeOffset now, [NotNullWhen(true)] out TaskRun? run)
    {
        while (_due.TryPeek(out run, out var due) && due <= now)
        {
            _due.Dequeue();
            if (run.LookedAtNext != due)
                continue;
            run.LookedAtNext = DateTimeOffset.MaxValue;
            if (run.StaleAt() is { } stale && stale <= now)
                return true;
            Watch(run);
        }

        run = null;
        return false;
    }
}
