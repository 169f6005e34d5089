using System.Diagnostics.Metrics;
using Tasker.Embedded.Orchestration;
using Tasker.Telemetry;

namespace Tasker.Embedded.Telemetry;

/// <summary>The engine's instruments, in the same meter as the worker's.</summary>
internal sealed class EngineMetrics
{
    private readonly Meter _meter;
    private readonly Counter<long> _steps;
    private readonly Counter<long> _tasks;
    private readonly Histogram<double> _taskDuration;
    private readonly Histogram<int> _commitSize;
    private readonly Histogram<double> _commitDuration;

    public EngineMetrics(IMeterFactory meters)
    {
        _meter = meters.Create(TaskerTelemetry.Name);
        _steps = _meter.CreateCounter<long>("tasker.steps", unit: "{step}", description: "Steps that came to a state and were stored in it.");
        _tasks = _meter.CreateCounter<long>("tasker.tasks", unit: "{task}", description: "Tasks that came to a state and were stored in it.");
        _taskDuration = _meter.CreateHistogram(
            "tasker.task.duration",
            unit: "s",
            description: "How long tasks take from their start to their end.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 60, 600, 3600] });
        _commitSize = _meter.CreateHistogram(
            "tasker.commit.size",
            unit: "{change}",
            description: "How many tasks and steps a commit carries.",
            advice: new InstrumentAdvice<int> { HistogramBucketBoundaries = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000] });
        _commitDuration = _meter.CreateHistogram(
            "tasker.commit.duration",
            unit: "s",
            description: "How long a commit takes.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5] });
    }

    /// <summary>What can be counted at any time. The functions may be called on any thread.</summary>
    /// <param name="ready">Steps that wait for a worker slot.</param>
    /// <param name="running">Steps in progress.</param>
    /// <param name="tasks">Tasks in memory.</param>
    public void Observe(Func<int> ready, Func<int> running, Func<int> tasks)
    {
        _meter.CreateObservableGauge("tasker.steps.ready", ready, unit: "{step}", description: "Steps that wait for a worker slot.");
        _meter.CreateObservableGauge("tasker.steps.running", running, unit: "{step}", description: "Steps in progress.");
        _meter.CreateObservableGauge("tasker.tasks.in_flight", tasks, unit: "{task}", description: "Tasks that go on.");
    }

    /// <summary>Whether anybody listens to what <see cref="Committed"/> tells.</summary>
    public bool WantCommits => _commitSize.Enabled || _commitDuration.Enabled || _steps.Enabled || _tasks.Enabled || _taskDuration.Enabled;

    /// <summary>Something was stored, and stays so whatever a listener throws.</summary>
    public void Committed(Changes changes, TimeSpan duration)
    {
        try
        {
            Tell(changes, duration);
        }
        catch (Exception)
        {
            // The listener has missed it.
        }
    }

    private void Tell(Changes changes, TimeSpan duration)
    {
        if (_commitSize.Enabled)
            _commitSize.Record(changes.Created.Count + changes.Tasks.Count + changes.Steps.Count);
        if (_commitDuration.Enabled)
            _commitDuration.Record(duration.TotalSeconds);
        if (_steps.Enabled)
        {
            foreach (var step in changes.Steps)
                _steps.Add(1, Tag("tasker.task.name", step.Run.Plan.Template.Name), Tag("tasker.step.name", step.Node.Name), Tag("tasker.step.state", step.State.ToName()));
        }

        if (_tasks.Enabled || _taskDuration.Enabled)
        {
            foreach (var run in changes.Created)
                Count(run);
            foreach (var run in changes.Tasks)
                Count(run);
        }
    }

    private void Count(TaskRun run)
    {
        var (name, state) = (Tag("tasker.task.name", run.Plan.Template.Name), Tag("tasker.task.state", run.State.ToName()));
        _tasks.Add(1, name, state);
        if (run.CompletedAt is { } completed)
            _taskDuration.Record((completed - run.CreatedAt).TotalSeconds, name, state);
    }

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
