using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>What people, and limits of time, do to a task.</summary>
internal sealed partial class TaskRun
{
    /// <summary>When a step of the task last ended, or began to run again after a wait.</summary>
    public DateTimeOffset ProgressAt { get; private set; }

    /// <summary>When the task was started, or last let go on by a person.</summary>
    public DateTimeOffset AliveSince { get; private set; }

    /// <summary>Whether nobody can change the task any more.</summary>
    public bool IsFinal => State.IsTerminal() && State is not TaskState.Error;

    /// <summary>Cancels the task with all steps that are not done (protocol sheet §8.9).</summary>
    /// <exception cref="TaskStateException">The task is finished otherwise.</exception>
    public void Cancel(DateTimeOffset now, Changes changes)
    {
        if (State is TaskState.Cancelled)
            return;
        if (!TaskTransitions.TryNext(State, TaskEvent.Cancel, out _))
            throw Finished("cancelled");
        CancelSteps(now, changes);
        Move(TaskEvent.Cancel, changes);
        CompletedAt = now;
        Note(now, changes);
    }

    /// <summary>Takes the task as done (protocol sheet §9.1).</summary>
    /// <exception cref="TaskStateException">The task is finished.</exception>
    public void Resolve(string reason, string by, DateTimeOffset now, Changes changes)
    {
        if (!TaskTransitions.TryNext(State, TaskEvent.ResolveManually, out _))
            throw Finished("resolved");
        CancelSteps(now, changes);
        Move(TaskEvent.ResolveManually, changes);
        CompletedAt = now;
        Note(now, changes, reason, by);
    }

    /// <summary>Mends one step (protocol sheet §9.2, §10.4) and lets the task go on from there.</summary>
    /// <exception cref="KeyNotFoundException">There is no such step.</exception>
    /// <exception cref="TaskStateException">The step, or the task, is not in a state that allows it.</exception>
    /// <exception cref="ValidationException">The result does not fit the step.</exception>
    public void ResolveStep(string name, StepResolution resolution, DateTimeOffset now, Changes changes)
    {
        var step = FindStep(name) ?? throw new KeyNotFoundException($"Task {Id} has no step '{name}'. It has: {string.Join(", ", StepNames())}.");
        if (IsFinal)
            throw Finished($"changed: step '{name}' stays as it is");
        var happened = EventOf(resolution.Kind);
        if (!StepTransitions.TryNext(step.State, happened, out _))
        {
            throw new TaskStateException(
                Id,
                happened is StepEvent.ResetForRetry
                    ? $"Step '{name}' of task {Id} is in '{step.State.ToName()}'; only a step in 'error' can be reset for a retry."
                    : $"Step '{name}' of task {Id} is in '{step.State.ToName()}' already; what is done stays as it is.");
        }

        var outcome = OutcomeOf(step, resolution);
        if (happened is StepEvent.CompleteManually && UnfoldsGraph(step) && Graph.WhatIsWrongWith(step, outcome!) is { } mistake)
            throw new ValidationException(mistake.Message);

        step.Log(new JournalEntry(now, step.State.ToName(), StepTransitions.Next(step.State, happened).ToName())
        {
            Attempt = step.State is StepState.InProgress ? step.Attempts : null,
            StartedAt = step.State is StepState.InProgress ? step.StartedAt : null,
            Reason = resolution.Reason,
            By = resolution.By,
        });
        var rested = State.IsSettled();
        if (rested)
        {
            Move(TaskEvent.StepResolved, changes);
            CompletedAt = null;
            AliveSince = now;
            IsGivenUp = false;
        }

        ProgressAt = now;
        if (step.IsSetAside)
            HoldChildren(step);
        if (happened is StepEvent.ResetForRetry)
        {
            Reset(step, changes);
        }
        else
        {
            Stop(step, changes);
            changes.Touch(step);
            Move(step, happened, changes);
            step.NextAttemptAt = null;
            step.Failure = null;
            Succeed(step, outcome!, now, changes);
        }

        if (step.FailureStrategy is BatchFailureStrategy.FailFast)
            StartOtherBatches(step, now, changes);
        if (rested)
            EnqueueReady(changes);
        Settle(now, changes);
    }

    /// <summary>When the task becomes stale if nothing happens; <see langword="null"/> when it does not.</summary>
    public DateTimeOffset? StaleAt()
    {
        if (Plan.Template.Lifecycle is not { } limits || State.IsSettled() || IsGivenUp)
            return null;
        var inState = State switch
        {
            TaskState.WaitingForRetry => After(StateSince, limits.MaxWaitingForRetry),
            TaskState.WaitingForDependencies => After(StateSince, limits.MaxWaitingForDependencies),
            _ => After(ProgressAt, limits.MaxStepsInProcess),
        };
        var inAll = After(AliveSince, limits.MaxDuration);
        return inState < inAll || inAll is null ? inState : inAll;
    }

    /// <summary>
    /// The task is stale: it becomes a dead letter, and fails together with the steps that run or would run, as its template says (protocol
    /// sheet §8.8). A reset of such a step lets it go on.
    /// </summary>
    public void Expire(DateTimeOffset now, Changes changes)
    {
        var limits = Plan.Template.Lifecycle!;
        var why = $"Stale: the task was in '{State.ToName()}' for longer than the lifecycle of template '{Plan.Template}' allows.";
        IsGivenUp = true;
        if (limits.AutoDlqOnTimeout ?? limits.StalenessAction == "dlq")
            changes.DeadLetters.Add(NewDeadLetter(why, now));
        if (limits.AutoFailOnTimeout == false)
            return;

        var failure = new StepFailure { Message = why, ErrorType = Stale, Retryable = false };
        foreach (var step in Steps)
        {
            if (step.State is StepState.InProgress or StepState.WaitingForRetry or StepState.Enqueued)
            {
                GiveUp(step, failure, now, changes);
                if (step.IsSetAside)
                    FreeChildren(step);
            }
        }

        Move(TaskEvent.Expire, changes);
        CompletedAt = now;
        Note(now, changes, why);
    }

    /// <summary>Bookkeeping of the engine: when it looks next whether the task is stale.</summary>
    internal DateTimeOffset LookedAtNext { get; set; } = DateTimeOffset.MaxValue;

    /// <summary>Whether somebody has been told that the task is stale; told once, until a person lets it go on.</summary>
    private bool IsGivenUp { get; set; }

    private DateTimeOffset StateSince => _journal.IsEmpty ? CreatedAt : _journal.Entries[^1].At;

    /// <summary>A limit beyond the end of the calendar is none; one below zero is zero.</summary>
    private static DateTimeOffset? After(DateTimeOffset time, TimeSpan? limit) =>
        limit is { } length && length < DateTimeOffset.MaxValue - time ? time + (length < TimeSpan.Zero ? TimeSpan.Zero : length) : null;

    private static StepEvent EventOf(StepResolutionKind kind) => kind switch
    {
        StepResolutionKind.ResetForRetry => StepEvent.ResetForRetry,
        StepResolutionKind.CompleteManually => StepEvent.CompleteManually,
        _ => StepEvent.ResolveManually,
    };

    private static AttemptOutcome? OutcomeOf(StepRun step, StepResolution resolution) => resolution.Kind switch
    {
        StepResolutionKind.ResetForRetry => null,
        StepResolutionKind.CompleteManually => OutcomeJson.Read(step, resolution.Result),
        _ => OutcomeJson.Nothing(step),
    };

    /// <summary>Keeps a ready step from being handed out, and stops the handler of one that was.</summary>
    private static void Stop(StepRun step, Changes changes)
    {
        if (step.State is StepState.Enqueued or StepState.InProgress)
            changes.Ready.Remove(step);
        if (step.State is not StepState.InProgress)
            return;
        var handed = step.Handed;
        StopRunning(step, changes);
        handed?.Cancel();
    }

    private void CancelSteps(DateTimeOffset now, Changes changes)
    {
        foreach (var step in Steps)
        {
            if (!step.State.IsTerminal())
                Cancel(step, now, changes);
        }
    }

    private static void Cancel(StepRun step, DateTimeOffset now, Changes changes)
    {
        Stop(step, changes);
        Move(step, StepEvent.Cancel, changes);
        step.NextAttemptAt = null;
        step.CompletedAt = now;
        changes.Touch(step);
    }

    private StepRun? FindStep(string name)
    {
        foreach (var step in Steps)
        {
            if (step.Name == name)
                return step;
        }

        return null;
    }

    private IEnumerable<string> StepNames()
    {
        const int Most = 20;
        for (var i = 0; i < Math.Min(_count, Most); i++)
            yield return $"'{_steps[i].Name}'";
        if (_count > Most)
            yield return $"and {_count - Most} more";
    }

    private TaskStateException Finished(string notPossible) =>
        new(Id, $"Task {Id} is in '{State.ToName()}', so it cannot be {notPossible}.");

    private DeadLetter NewDeadLetter(string why, DateTimeOffset now) => new()
    {
        EntryId = Guid.CreateVersion7(now),
        TaskId = Id,
        Namespace = Plan.Template.Namespace,
        Name = Plan.Template.Name,
        Version = Plan.Template.Version,
        OriginalState = State,
        Reason = DeadLetterReason.StalenessTimeout,
        Detail = why,
        CreatedAt = now,
        Status = DeadLetterStatus.Pending,
    };

    private void FindAliveSince()
    {
        foreach (var entry in _journal.Entries)
        {
            if (entry.From is "error" or "blocked_by_failures")
                AliveSince = entry.At;
        }
    }
}
