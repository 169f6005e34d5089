using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>The rules about a template's dependencies that need nothing but the template.</summary>
internal static class DependencyRules
{
    public static void Check(TemplateModel template, StepReport report)
    {
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < template.Steps.Count; i++)
            indexes.Add(template.Steps[i].Name, i);

        for (var i = 0; i < template.Steps.Count; i++)
        {
            var step = template.Steps[i];
            for (var j = 0; j < step.Dependencies.Count; j++)
            {
                if (!indexes.ContainsKey(step.Dependencies[j]))
                    report(RuleIds.UnknownStep, i, j, $"Step '{step.Name}' depends on", step.Dependencies[j], NearestName.Hint(step.Dependencies[j], indexes.Keys));
            }
        }

        ReportCycles(template.Steps, indexes, report);
    }

    /// <summary>A depth-first search with its own stack; a dependency on a step of the current path closes a cycle.</summary>
    private static void ReportCycles(EquatableArray<StepModel> steps, Dictionary<string, int> indexes, StepReport report)
    {
        var isDone = new bool[steps.Count];
        var placeInPath = new int[steps.Count];
        var path = new List<(int Step, int NextDependency)>();
        for (var root = 0; root < steps.Count; root++)
        {
            if (isDone[root])
                continue;
            Enter(root);
            while (path.Count > 0)
            {
                var (step, next) = path[path.Count - 1];
                if (next == steps[step].Dependencies.Count)
                {
                    path.RemoveAt(path.Count - 1);
                    placeInPath[step] = 0;
                    isDone[step] = true;
                    continue;
                }

                path[path.Count - 1] = (step, next + 1);
                if (!indexes.TryGetValue(steps[step].Dependencies[next], out var target) || isDone[target])
                    continue;
                if (placeInPath[target] == 0)
                    Enter(target);
                else
                    report(RuleIds.DependencyCycle, step, next, Describe(placeInPath[target] - 1, target));
            }
        }

        void Enter(int step)
        {
            path.Add((step, 0));
            placeInPath[step] = path.Count;
        }

        string Describe(int from, int target)
        {
            var names = new List<string>();
            for (var i = from; i < path.Count; i++)
                names.Add($"'{steps[path[i].Step].Name}'");
            names.Add($"'{steps[target].Name}'");
            return string.Join(" → ", names);
        }
    }
}
