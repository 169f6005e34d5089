using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>An attempt handed to a worker, with the engine's own step beside, so that its report needs no look-up.</summary>
internal sealed class EmbeddedStep : ClaimedStep
{
    /// <param name="step">The step.</param>
    /// <param name="attempt">The attempt's number, 1 for the first.</param>
    /// <param name="ticket">For which time the step is handed out; see <see cref="StepRun.Ticket"/>.</param>
    [SetsRequiredMembers]
    public EmbeddedStep(StepRun step, int attempt, int ticket)
        : this(step, attempt)
    {
        Ticket = ticket;

        // Either the engine, which cancels, sees the attempt, or the attempt sees that it is cancelled.
        step.Handed = this;
        Interlocked.MemoryBarrier();
        if (step.State is not (StepState.Enqueued or StepState.InProgress) || step.Ticket != ticket)
            Cancel();
    }

    [SetsRequiredMembers]
    private EmbeddedStep(StepRun step, int attempt)
        : base(step)
    {
        Step = step;
        Attempts = attempt - 1;
        Checkpoint = step.Checkpoint;
        PreviousFailure = step.Failure;
        Dependencies = step.Parents.Length == 0 ? StepResults.None : new AncestorResults(step);
    }

    /// <summary>An attempt that is over, for those who are told of it later.</summary>
    public static EmbeddedStep OfPast(StepRun step, int attempt) => new(step, attempt);

    public StepRun Step { get; }

    /// <summary>The attempt's number, 1 for the first.</summary>
    public int Attempt => Attempts + 1;

    /// <summary>For which time the step is handed out.</summary>
    public int Ticket { get; }

    public override IEnumerable<ActivityContext> Causes
    {
        get
        {
            if (Step.Parents.Length == 0)
                return Step.Run.Cause is { } start ? [start.Context] : [];
            return Step.Parents.Select(parent => Step.Run.StepAt(parent).Trace).OfType<Activity>().Select(static trace => trace.Context);
        }
    }
}
