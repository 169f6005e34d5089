using System.Diagnostics.Metrics;

namespace Tasker.Telemetry;

/// <summary>The worker's instruments. What a listener throws fails nobody but the listener.</summary>
internal sealed class TaskerMetrics
{
    private readonly Histogram<double> _duration;
    private readonly Counter<long> _events;

    public TaskerMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(TaskerTelemetry.Name);
        _duration = meter.CreateHistogram(
            "tasker.step.duration",
            unit: "s",
            description: "How long attempts of steps take.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300] });
        _events = meter.CreateCounter<long>("tasker.events", unit: "{event}", description: "Domain events, by what became of them.");
    }

    /// <param name="name">The event's name.</param>
    /// <param name="outcome"><c>delivered</c>, <c>failed</c>, <c>rejected</c> by its schema, or <c>dropped</c>.</param>
    public void Event(string name, string outcome)
    {
        try
        {
            _events.Add(1, new KeyValuePair<string, object?>("tasker.event.name", name), new KeyValuePair<string, object?>("tasker.event.outcome", outcome));
        }
        catch (Exception)
        {
            // What became of the event stays.
        }
    }

    public void StepFinished(ClaimedStep step, StepOutcome outcome, TimeSpan duration)
    {
        if (!_duration.Enabled)
            return;
        try
        {
            _duration.Record(
                duration.TotalSeconds,
                new KeyValuePair<string, object?>("tasker.task.name", step.Template.Name),
                new KeyValuePair<string, object?>("tasker.step.name", step.Definition.Name),
                new KeyValuePair<string, object?>("tasker.step.outcome", Name(outcome)));
        }
        catch (Exception)
        {
            // The outcome stays.
        }
    }

    private static string Name(StepOutcome outcome) =>
        outcome.Failure is { } failure ? failure.ErrorType
        : outcome.Kind is StepOutcomeKind.Yield ? "yield"
        : "success";
}
