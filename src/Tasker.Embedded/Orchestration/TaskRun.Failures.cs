using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>What becomes of a step whose attempt failed, and of those that depend on it or stand beside it.</summary>
internal sealed partial class TaskRun
{
    private void Fail(StepRun step, StepFailure failure, DateTimeOffset now, Changes changes)
    {
        MarkFailed(step, failure, now, changes);
        if (step.FailureStrategy is BatchFailureStrategy.FailFast)
            FailOtherBatches(step, now, changes);
        else if (step.IsSetAside)
            ReleaseChildren(step, changes);
    }

    private static void MarkFailed(StepRun step, StepFailure failure, DateTimeOffset now, Changes changes)
    {
        NoteAttempt(step, StepState.Error, failure.Message, now);
        Move(step, StepEvent.Fail, changes);
        step.Failure = failure;
        step.NextAttemptAt = null;
    }

    /// <summary>Batches that run already go on to their end; the others do not start before the failure is mended.</summary>
    private void FailOtherBatches(StepRun failed, DateTimeOffset now, Changes changes)
    {
        var failure = new StepFailure
        {
            Message = $"Not started: '{failed.Name}' failed, and the failure strategy is fail_fast. It starts when that is mended.",
            ErrorType = NotStarted,
            Retryable = false,
        };
        foreach (var other in Steps)
        {
            if (other.Node == failed.Node && other.State is (StepState.Pending or StepState.Enqueued or StepState.WaitingForRetry))
                GiveUp(other, failure, now, changes);
        }
    }

    /// <summary>A person has mended a batch: when none of them has failed any more, those that were not started for its sake are.</summary>
    private void StartOtherBatches(StepRun mended, DateTimeOffset now, Changes changes)
    {
        foreach (var other in Steps)
        {
            if (other.Node == mended.Node && other.State is StepState.Error && other.Failure?.ErrorType != NotStarted)
                return;
        }

        foreach (var other in Steps)
        {
            if (other.Node != mended.Node || other.State is not StepState.Error)
                continue;
            other.Log(new JournalEntry(now, other.State.ToName(), StepState.Pending.ToName()) { Reason = $"'{mended.Name}' was mended." });
            Reset(other, changes);
        }
    }

    /// <summary>Fails a step that is not done, wherever it is.</summary>
    private static void GiveUp(StepRun step, StepFailure failure, DateTimeOffset now, Changes changes)
    {
        Stop(step, changes);
        if (step.State is StepState.InProgress)
            Move(step, StepEvent.EnqueueAsErrorForOrchestration, changes);
        else if (step.State is StepState.WaitingForRetry)
            Move(step, StepEvent.Retry, changes);
        changes.Touch(step);
        MarkFailed(step, failure, now, changes);
    }

    /// <summary>Takes a failed step back to its beginning.</summary>
    private static void Reset(StepRun step, Changes changes)
    {
        changes.Touch(step);
        Move(step, StepEvent.ResetForRetry, changes);
        step.NextAttemptAt = null;
        step.Failure = null;
        step.Attempts = 0;
        step.StartedAt = null;
        if (step.Remaining == 0)
            Enqueue(step, changes);
    }

    private static void RetryLater(StepRun step, StepFailure failure, DateTimeOffset now, RetrySchedule retries, Changes changes)
    {
        NoteAttempt(step, StepState.WaitingForRetry, failure.Message, now);
        Move(step, StepEvent.WaitForRetry, changes);
        step.Failure = failure;
        step.NextAttemptAt = now + retries.Delay(step.Definition.Retry, failure, step.Attempts);
        changes.Retrying.Add(step);
    }

    private static void NoteAttempt(StepRun step, StepState next, string reason, DateTimeOffset now) =>
        step.Log(new JournalEntry(now, step.State.ToName(), next.ToName())
        {
            Attempt = step.State is StepState.Pending or StepState.Enqueued ? null : step.Attempts,
            StartedAt = step.StartedAt,
            Reason = reason,
        });

    private static StepFailure Interrupted(StepRun step) => new()
    {
        Message = $"The process ended during each of the step's {step.Attempts} attempts; it is not tried again.",
        ErrorType = "interrupted",
        Retryable = false,
    };
}
