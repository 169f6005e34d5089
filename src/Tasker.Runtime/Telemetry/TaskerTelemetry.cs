using System.Diagnostics;

namespace Tasker.Telemetry;

/// <summary>Names of the telemetry that Tasker emits, for OpenTelemetry's <c>AddSource</c> and <c>AddMeter</c>.</summary>
public static class TaskerTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the meter.</summary>
    public const string Name = "Tasker";

    internal static ActivitySource Source { get; } = new(Name);
}
