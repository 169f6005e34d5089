using Microsoft.Extensions.Logging;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Telemetry;

namespace Tasker.Embedded.Engine;

/// <summary>
/// What follows a commit: steps are handed out, callers answered, timers set and the store tidied up; or, when nothing was stored, everybody who waits is told. Used by
/// the engine only.
/// </summary>
internal sealed class CommitFollowUp(
    ITaskStore store,
    LiveTasks live,
    StoredEvents storedEvents,
    EventOutbox outbox,
    ReadyQueue ready,
    RetryTimers timers,
    StalenessWatch staleness,
    Changes changes,
    Replies replies,
    ILogger logger)
{
    private readonly Backoff _commitRetry = new(TimeSpan.FromMilliseconds(500), TimeSpan.FromSeconds(15));

    /// <summary>All changes are stored.</summary>
    public void Committed(DateTimeOffset now, bool onSlot)
    {
        if (_commitRetry.Succeeded())
            Log.StoreRecovered(logger);

        // Before anybody hears of it, so that what they do next finds timers and steps where they belong.
        foreach (var step in changes.Retrying)
            timers.Add(step);
        changes.Retrying.Clear();
        foreach (var run in changes.Limited)
            staleness.Watch(run);
        changes.Limited.Clear();
        Arm(now);
        foreach (var run in changes.Created)
            Retire(run);
        foreach (var run in changes.Tasks)
            Retire(run);
        if (changes.Events.Count > 0)
            outbox.Announce(changes.Events);
        changes.Stored();
        if (changes.Ready.Count > 0)
        {
            ready.Publish(changes.Ready, keepOne: onSlot);
            changes.Ready.Clear();
        }

        replies.Give(live.ById);
        foreach (var run in changes.Followed)
        {
            run.IsNotified = false;
            run.Followers.Changed();
        }

        changes.Followed.Clear();
        if (store.NextUpkeep <= now)
        {
            KeepUp(now);
            Arm(now);
        }

        // When all else is done: what is new need not wait for what others left.
        if (outbox.WantsRefill(now))
        {
            RefillOutbox(now);
            Arm(now);
        }
    }

    /// <summary>
    /// Nothing was stored. New tasks are refused, and everybody who waits is told. All other changes stay in memory, where nobody acts on
    /// them yet, and are stored together with the next ones as soon as the store works again.
    /// </summary>
    public void Failed(Exception cause, DateTimeOffset now)
    {
        var exception = cause as TaskStoreException ?? new TaskStoreException("The store of the embedded engine failed: " + cause.Message, cause);
        Log.CommitFailed(logger, exception.Message, exception);

        foreach (var run in changes.Created)
            live.Remove(run);
        changes.DropCreated();
        replies.Refuse(exception);

        _commitRetry.Failed(now);
        Arm(now);
    }

    private void Retire(TaskRun run)
    {
        if (!run.State.IsSettled())
            return;
        live.Remove(run);
        run.Followers.Finished(run);
    }

    private void KeepUp(DateTimeOffset now)
    {
        try
        {
            store.Upkeep(now);
        }
        catch (TaskStoreException exception)
        {
            Log.UpkeepFailed(logger, exception.Message, exception);
        }
    }

    private void RefillOutbox(DateTimeOffset now)
    {
        try
        {
            if (!outbox.Refill((after, count) => store.ReadEvents(after, count, storedEvents.Restore)))
                storedEvents.Forget();
        }
        catch (TaskStoreException exception)
        {
            Log.OutboxNotRead(logger, exception.Message, exception);
            outbox.RefillFailed(now);
        }
    }

    /// <summary>Sets the timer for what is due next. A store that refuses commits is not tidied up before one has succeeded.</summary>
    private void Arm(DateTimeOffset now)
    {
        var due = _commitRetry.At < DateTimeOffset.MaxValue ? _commitRetry.At : store.NextUpkeep;
        timers.Arm(now, Earliest(Earliest(due, outbox.RetryAt), staleness.Next));
    }

    private static DateTimeOffset Earliest(DateTimeOffset one, DateTimeOffset other) => one < other ? one : other;
}
