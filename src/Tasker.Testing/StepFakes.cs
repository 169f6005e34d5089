using System.Collections.Concurrent;

namespace Tasker.Testing;

/// <summary>What tests put in place of handlers, by template step.</summary>
internal sealed class StepFakes
{
    private readonly ConcurrentDictionary<string, Action<StepContext, StepOutcome>> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, StepFailure[]> _failures = new(StringComparer.Ordinal);

    public void Set(string step, Action<StepContext, StepOutcome> run) => _runs[step] = run;

    public void FailFirst(string step, StepFailure[] failures) => _failures[step] = failures;

    /// <summary>Runs what stands in for a step's handler in this attempt.</summary>
    /// <returns><see langword="false"/> when nothing does.</returns>
    public bool TryRun(StepContext context, StepOutcome outcome)
    {
        if (_failures.TryGetValue(context.TemplateStepName, out var failures) && context.RetryCount < failures.Length)
        {
            outcome.SetFailure(failures[context.RetryCount]);
            return true;
        }

        if (!_runs.TryGetValue(context.TemplateStepName, out var run))
            return false;
        run(context, outcome);
        return true;
    }
}
