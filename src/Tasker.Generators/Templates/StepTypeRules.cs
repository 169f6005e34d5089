using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Models;

namespace Tasker.Generators.Templates;

/// <summary>The rules about what each type of step needs around it, which need nothing but the file.</summary>
internal static class StepTypeRules
{
    public static void Check(IssueList issues, StepGraph graph, List<YamlScalar> names)
    {
        for (var i = 0; i < names.Count; i++)
        {
            if (FindProblem(graph, graph.Template.Steps[i]) is { } rule)
                issues.Add(rule, names[i].Span, names[i].Text);
            if (graph.Template.Steps[i].Retry is { Retryable: false, MaxAttempts: > 1 } retry)
                issues.Add(RuleIds.ContradictoryRetry, names[i].Span, names[i].Text, $"{retry.MaxAttempts}");
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
