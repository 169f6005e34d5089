using System.Diagnostics.Metrics;
using System.Globalization;
using Tasker.Telemetry;

namespace Tasker.Benchmarks.Engine;

/// <summary>Listens to what the engine tells of its commits.</summary>
internal sealed class CommitMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _commits;
    private long _changes;
    private double _seconds;

    public CommitMeter()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == TaskerTelemetry.Name && instrument.Name.StartsWith("tasker.commit.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<int>((_, changes, _, _) =>
        {
            _commits++;
            _changes += changes;
        });
        _listener.SetMeasurementEventCallback<double>((_, seconds, _, _) => _seconds += seconds);
        _listener.Start();
    }

    /// <summary>Prints what was committed since this was created.</summary>
    public void Write() => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"    {_commits} commits, each with {(double)_changes / _commits:0.0} changes and {_seconds / _commits * 1e6:0} µs"));

    public void Dispose() => _listener.Dispose();
}
