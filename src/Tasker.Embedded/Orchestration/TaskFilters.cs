using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>Applies a filter to tasks in memory.</summary>
internal static class TaskFilters
{
    public static bool Fits(TaskRun run, TaskFilter filter)
    {
        var (template, options) = (run.Plan.Template, run.Options);
        return (filter.States.IsDefaultOrEmpty || filter.States.Contains(run.State))
            && FitsText(filter.Namespace, template.Namespace)
            && FitsText(filter.Name, template.Name)
            && FitsText(filter.Version, template.Version)
            && FitsText(filter.Initiator, options.Initiator)
            && FitsText(filter.SourceSystem, options.SourceSystem)
            && (filter.CreatedFrom is not { } from || run.CreatedAt >= from)
            && (filter.CreatedBefore is not { } before || run.CreatedAt < before)
            && (filter.CorrelationId is not { } correlation || run.CorrelationId == correlation)
            && (filter.ParentCorrelationId is not { } parent || options.ParentCorrelationId == parent)
            && (filter.Tag is not { } tag || (!options.Tags.IsDefaultOrEmpty && options.Tags.Contains(tag)));
    }

    private static bool FitsText(string? wanted, string actual) => wanted is null || wanted == actual;
}
