using System.Collections.Immutable;
using System.Diagnostics;
using Tasker.Events;

namespace Tasker.Embedded.Orchestration;

/// <summary>A copy of what an attempt returned, independent of the worker slot that produced it.</summary>
/// <param name="result">The result, a UTF-8 JSON object; empty for none.</param>
internal class AttemptOutcome(byte[] result)
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    public byte[] Result { get; } = result;

    /// <summary>How long the handler ran; zero when nobody knows.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The durable events that the attempt leads to.</summary>
    public ImmutableArray<DomainEvent> Events { get; init; } = [];

    /// <summary>The attempt's trace, when somebody listens to traces.</summary>
    public Activity? Trace { get; init; }

    /// <summary>Why the attempt failed.</summary>
    public virtual StepFailure? Failure => null;

    /// <summary>Copies an outcome. One that a handler left empty is that of a handler which returned nothing.</summary>
    public static AttemptOutcome CopyOf(StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events)
    {
        var trace = Activity.Current;
        if (outcome.Failure is { } failure)
            return new FailedAttempt(failure) { Duration = duration, Events = events, Trace = trace };
        var result = outcome.Result.IsEmpty ? EmptyObject : outcome.Result.ToArray();
        if (outcome.Decision is { } decision)
            return new DecisionOutcome(result, decision) { Duration = duration, Events = events, Trace = trace };
        if (outcome.BatchPlan is { } plan)
            return new BatchOutcome(result, plan.Cursors, outcome.WorkerTemplate) { Duration = duration, Events = events, Trace = trace };
        return new AttemptOutcome(result) { Duration = duration, Events = events, Trace = trace };
    }
}

/// <summary>The attempt failed.</summary>
internal sealed class FailedAttempt(StepFailure failure) : AttemptOutcome([])
{
    public override StepFailure? Failure { get; } = failure;
}

/// <summary>What a decision returned.</summary>
internal sealed class DecisionOutcome(byte[] result, Decision decision) : AttemptOutcome(result)
{
    public Decision Decision { get; } = decision;
}

/// <summary>What a batch analyzer returned.</summary>
/// <param name="result">The result.</param>
/// <param name="batches">The batches.</param>
/// <param name="workerTemplate">The template step that they are instances of.</param>
internal sealed class BatchOutcome(byte[] result, ImmutableArray<BatchCursor> batches, string? workerTemplate) : AttemptOutcome(result)
{
    public ImmutableArray<BatchCursor> Batches { get; } = batches;

    public string? WorkerTemplate { get; } = workerTemplate;
}
