using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Engine;

/// <summary>
/// What each command does to the tasks in memory. What is to be stored for it goes to the round's changes, and who is to be answered after the commit to its replies.
/// Used by the engine only.
/// </summary>
internal sealed class CommandExecutor(
    ITaskStore store,
    LiveTasks live,
    StoredEvents storedEvents,
    EventOutbox outbox,
    RetrySchedule retries,
    Changes changes,
    Replies replies)
{
    private readonly IdSource _ids = new();

    /// <summary>Applies a command, unless it concerns the engine itself.</summary>
    public void Execute(Command command, DateTimeOffset now)
    {
        switch (command.Kind)
        {
            case CommandKind.Start:
                Start((StartRequest)command.Target!, now);
                break;
            case CommandKind.Completed:
                if (Current(command.Target) is { } completed)
                    completed.Run.Finish(completed, (AttemptOutcome)command.Payload!, now, retries, changes);
                break;
            case CommandKind.Released:
                if (Current(command.Target) is { } released)
                    TaskRun.Release(released, changes);
                break;
            case CommandKind.Yielded:
                if (Current(command.Target) is { } yielding)
                {
                    TaskRun.Checkpoint(yielding, (byte[])command.Payload!, changes);
                    TaskRun.Release(yielding, changes);
                }

                break;
            case CommandKind.Checkpoint:
                Checkpoint((CheckpointRequest)command.Target!);
                break;
            case CommandKind.Get:
                replies.Queries.Add((TaskQuery<TaskSnapshot>)command.Target!);
                break;
            case CommandKind.History:
                replies.Histories.Add((TaskQuery<TaskRecord>)command.Target!);
                break;
            case CommandKind.List:
                replies.Lists.Add((ListQuery)command.Target!);
                break;
            case CommandKind.Act:
                Act((ActRequest)command.Target!, now);
                break;
            case CommandKind.ResolveDeadLetter:
                Resolve((ResolveDeadLetterRequest)command.Target!, now);
                break;
            case CommandKind.Find:
                var find = (TaskQuery<TaskRun>)command.Target!;
                find.Source.TrySetResult(live.Find(find.TaskId));
                break;
            case CommandKind.Watch:
                var watch = (WatchRequest)command.Target!;
                var watched = live.Find(watch.TaskId);
                watched?.Followers.AddWatcher(watch.Changed);
                watch.Source.TrySetResult(watched is not null);
                break;
            case CommandKind.StopWatching:
                var unwatch = (WatchRequest)command.Target!;
                live.Find(unwatch.TaskId)?.Followers.RemoveWatcher(unwatch.Changed);
                break;
            case CommandKind.RefillOutbox:
                outbox.Ask();
                break;
            case CommandKind.SettleEvent:
                changes.SettledEvents.Add((long)command.Payload!);
                break;
        }
    }

    private void Start(StartRequest request, DateTimeOffset now)
    {
        if (request.IdentityHash is { } hash && TryAnswerDuplicate(request, hash))
            return;
        var id = TaskIds.Task(_ids.Next(now));
        var run = new TaskRun(id, request.Plan, request.Context, request.Options, request.Options.CorrelationId ?? _ids.Next(now), now)
        {
            IdentityHash = request.IdentityHash,
            Cause = request.Cause,
        };
        run.Begin(changes);
        if (run.Plan.HasLimits)
            changes.Limited.Add(run);
        live.Add(run);
        replies.Started.Add((request, run, IsNew: true));
    }

    /// <summary>Answers a request that was made before, by what is stored or by what will be in this round.</summary>
    private bool TryAnswerDuplicate(StartRequest request, string hash)
    {
        var inMemory = live.FindByIdentity(hash);
        if ((inMemory?.Id ?? store.FindByIdentity(hash)) is not { } existing)
            return false;
        if (request.RefuseDuplicate)
        {
            request.Refuse(new DuplicateTaskException(
                existing,
                $"The same request for template '{request.Plan.Template}' was made before: it started task {existing}."));
        }
        else if (inMemory is not null)
        {
            replies.Started.Add((request, inMemory, IsNew: false));
        }
        else
        {
            request.Answer(existing);
        }

        return true;
    }

    private void Act(ActRequest request, DateTimeOffset now)
    {
        try
        {
            var run = live.FindOrLoad(request.TaskId);
            request.Act(run, now, changes);
            if (live.Find(run.Id) is null)
            {
                live.Add(run);
                storedEvents.Forget();
            }

            changes.Touch(run);
            replies.Acts.Add((request, run));
        }
        catch (Exception exception) when (exception is KeyNotFoundException or TaskStateException or ValidationException or TaskStoreException or ConfigurationException)
        {
            request.Refuse(exception);
        }
    }

    private void Resolve(ResolveDeadLetterRequest request, DateTimeOffset now)
    {
        try
        {
            var entry = changes.DeadLetters.FindLast(candidate => candidate.EntryId == request.EntryId)
                ?? store.FindDeadLetter(request.EntryId)
                ?? throw new KeyNotFoundException($"There is no dead letter {request.EntryId}.");
            if (entry.Status is not DeadLetterStatus.Pending)
            {
                if (!Says(entry, request.Resolution))
                    throw new TaskStateException(entry.TaskId, $"Dead letter {entry.EntryId} was closed as '{entry.Status}' by '{entry.ResolvedBy}' at {entry.ResolvedAt:O}, and stays so.");
                replies.Closed.Add((request, entry));
                return;
            }

            var closed = entry with
            {
                Status = request.Resolution.Status,
                ResolvedAt = now,
                ResolvedBy = request.Resolution.ResolvedBy,
                Notes = request.Resolution.Notes,
            };
            changes.DeadLetters.Add(closed);
            replies.Closed.Add((request, closed));
        }
        catch (Exception exception) when (exception is KeyNotFoundException or TaskStateException or TaskStoreException)
        {
            request.Refuse(exception);
        }
    }

    private static bool Says(DeadLetter closed, DeadLetterResolution resolution) =>
        (closed.Status, closed.ResolvedBy, closed.Notes) == (resolution.Status, resolution.ResolvedBy, resolution.Notes);

    private void Checkpoint(CheckpointRequest request)
    {
        if (Current(request.Step) is { } step)
        {
            TaskRun.Checkpoint(step, request.Checkpoint, changes);
            replies.Checkpoints.Add(request);
            return;
        }

        request.Source.TrySetException(new InvalidOperationException(
            $"Attempt {request.Step.Attempt} of step '{request.Step.Name}' no longer counts, so its checkpoint is not kept."));
    }

    private static StepRun? Current(object? target) =>
        target is EmbeddedStep attempt && TaskRun.IsCurrent(attempt.Step, attempt.Ticket) ? attempt.Step : null;
}
