using System.Collections;
using System.Globalization;
using Microsoft.Extensions.Logging;

namespace Tasker.Telemetry;

/// <summary>What every log line of a handler carries: which task, which step, which attempt, and what caused it.</summary>
internal sealed class StepLogScope(ClaimedStep step) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 5;

    public KeyValuePair<string, object?> this[int index] => index switch
    {
        0 => new("TaskId", step.TaskId),
        1 => new("StepId", step.StepId),
        2 => new("Step", step.Name),
        3 => new("Attempt", step.Attempts + 1),
        4 => new("CorrelationId", step.CorrelationId),
        _ => throw new ArgumentOutOfRangeException(nameof(index)),
    };

    /// <returns>What ends the scope; nothing when nobody listens.</returns>
    public static IDisposable? Begin(ILogger logger, ClaimedStep step) =>
        logger.IsEnabled(LogLevel.Critical) ? logger.BeginScope(new StepLogScope(step)) : null;

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        for (var i = 0; i < Count; i++)
            yield return this[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"task {step.TaskId}, step {step.Name} ({step.StepId}), attempt {step.Attempts + 1}, correlation {step.CorrelationId}");
}
