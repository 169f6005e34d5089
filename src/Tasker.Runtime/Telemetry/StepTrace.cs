using System.Diagnostics;

namespace Tasker.Telemetry;

/// <summary>The trace of one attempt, if anybody listens. What a listener throws fails nobody but the trace.</summary>
internal readonly struct StepTrace : IDisposable
{
    private readonly Activity? _activity;

    private StepTrace(Activity? activity) => _activity = activity;

    public static StepTrace Begin(ClaimedStep step) => TaskerTelemetry.Source.HasListeners() ? new StepTrace(Start(step)) : default;

    /// <summary>The attempt has this outcome.</summary>
    public void Tell(StepOutcome outcome)
    {
        if (_activity is not null && outcome.Failure is { } failure)
        {
            _activity.SetTag("error.type", failure.ErrorType);
            _activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
    }

    public void Dispose()
    {
        try
        {
            _activity?.Dispose();
        }
        catch (Exception)
        {
            // It has ended all the same.
        }
    }

    private static Activity? Start(ClaimedStep step)
    {
        var outer = Activity.Current;
        try
        {
            var activity = TaskerTelemetry.Source.StartActivity(
                "tasker.step",
                ActivityKind.Consumer,
                parentContext: default,
                links: step.Causes.Select(static cause => new ActivityLink(cause)));
            if (activity is { IsAllDataRequested: true })
            {
                activity.SetTag("tasker.task.id", step.TaskId);
                activity.SetTag("tasker.task.name", step.Template.Name);
                activity.SetTag("tasker.step.id", step.StepId);
                activity.SetTag("tasker.step.name", step.Name);
                activity.SetTag("tasker.step.attempt", step.Attempts + 1);
                activity.SetTag("tasker.correlation_id", step.CorrelationId);
            }

            return activity;
        }
        catch (Exception)
        {
            // It may have become the current one before its listener threw.
            Activity.Current = outer;
            return null;
        }
    }
}
