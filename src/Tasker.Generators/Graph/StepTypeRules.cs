using Tasker.Generators.Diagnostics;
using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>The rules about what each type of step needs around it, which need nothing but the template.</summary>
internal static class StepTypeRules
{
    public static void Check(StepGraph graph, StepReport report)
    {
        var steps = graph.Template.Steps;
        for (var i = 0; i < steps.Count; i++)
        {
            if (FindProblem(graph, steps[i]) is { } rule)
                report(rule, i, dependency: -1, steps[i].Name);
            if (steps[i].Retry is { Retryable: false, MaxAttempts: > 1 } retry)
                report(RuleIds.ContradictoryRetry, i, dependency: -1, steps[i].Name, $"{retry.MaxAttempts}");
        }
    }

    private static string? FindProblem(StepGraph graph, StepModel step) => step.Type switch
    {
        "Decision" when step.Dependencies.IsEmpty => RuleIds.DecisionWithoutDependency,
        "BatchWorker" when step.Batch is null => RuleIds.WorkerWithoutBatchConfig,
        "DeferredConvergence" => graph.HasAncestorOfType(step, "Decision") || graph.HasAncestorOfType(step, "BatchWorker") ? null : RuleIds.NothingToConverge,
        "BatchWorker" => null,
        _ => DependsOnWorker(graph, step) ? RuleIds.AggregatorNotDeferred : null,
    };

    private static bool DependsOnWorker(StepGraph graph, StepModel step)
    {
        foreach (var dependency in step.Dependencies)
        {
            if (graph.Find(dependency) is { Type: "BatchWorker" })
                return true;
        }

        return false;
    }
}
