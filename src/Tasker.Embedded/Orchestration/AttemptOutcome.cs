using System.Collections.Immutable;
using System.Diagnostics;
using Tasker.Events;

namespace Tasker.Embedded.Orchestration;

/// <summary>A copy of what an attempt returned, independent of the worker slot that produced it.</summary>
internal sealed record AttemptOutcome(
    StepOutcomeKind Kind,
    byte[] Result,
    Decision? Decision = null,
    ImmutableArray<BatchCursor>? Batches = null,
    string? WorkerTemplate = null,
    StepFailure? Failure = null)
{
    private static readonly byte[] EmptyObject = "{}"u8.ToArray();

    /// <summary>How long the handler ran; zero when nobody knows.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The durable events that the attempt leads to.</summary>
    public ImmutableArray<DomainEvent> Events { get; init; } = [];

    /// <summary>The attempt's trace, when somebody listens to traces.</summary>
    public Activity? Trace { get; init; }

    /// <summary>Copies an outcome. One that a handler left empty is that of a handler which returned nothing.</summary>
    public static AttemptOutcome CopyOf(StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events) => outcome.Kind is StepOutcomeKind.Failure
        ? new AttemptOutcome(outcome.Kind, [], Failure: outcome.Failure) { Duration = duration, Events = events, Trace = Activity.Current }
        : new AttemptOutcome(outcome.Kind, outcome.Result.IsEmpty ? EmptyObject : outcome.Result.ToArray(), outcome.Decision, outcome.BatchPlan?.Cursors, outcome.WorkerTemplate)
        {
            Duration = duration,
            Events = events,
            Trace = Activity.Current,
        };
}
