using System.Diagnostics;

namespace Tasker.Telemetry;

/// <summary>Names of the telemetry that Tasker emits, for OpenTelemetry's <c>AddSource</c> and <c>AddMeter</c>.</summary>
public static class TaskerTelemetry
{
    /// <summary>The name of the <see cref="ActivitySource"/> and of the meter.</summary>
    public const string Name = "Tasker";

    private static readonly ActivitySource Source = new(Name);

    internal static Activity? StartStep(ClaimedStep step)
    {
        if (!Source.HasListeners())
            return null;
        var activity = Source.StartActivity(
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

    internal static void EndStep(Activity? activity, StepOutcome outcome)
    {
        if (activity is not null && outcome.Failure is { } failure)
        {
            activity.SetTag("error.type", failure.ErrorType);
            activity.SetStatus(ActivityStatusCode.Error, failure.Message);
        }
    }
}
