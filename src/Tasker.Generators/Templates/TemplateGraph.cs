using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Templates;

/// <summary>The rules about a template's graph that need nothing but the file.</summary>
internal static class TemplateGraph
{
    public static void Check(IssueList issues, List<YamlScalar> steps, List<List<YamlScalar>> dependencies)
    {
        var indexes = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Count; i++)
            indexes.Add(steps[i].Text, i);

        for (var i = 0; i < steps.Count; i++)
        {
            foreach (var dependency in dependencies[i])
            {
                if (!indexes.ContainsKey(dependency.Text))
                    ReportUnknown(issues, $"Step '{steps[i].Text}' depends on", dependency, steps);
            }
        }

        ReportCycles(issues, steps, dependencies, indexes);
    }

    public static void ReportUnknown(IssueList issues, string subject, YamlScalar name, List<YamlScalar> steps) =>
        issues.Add(RuleIds.UnknownStep, name.Span, subject, name.Text, NearestName.Hint(name.Text, steps.ConvertAll(step => step.Text)));

    /// <summary>A depth-first search with its own stack; a dependency on a step of the current path closes a cycle.</summary>
    private static void ReportCycles(
        IssueList issues,
        List<YamlScalar> steps,
        List<List<YamlScalar>> dependencies,
        Dictionary<string, int> indexes)
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
                if (next == dependencies[step].Count)
                {
                    path.RemoveAt(path.Count - 1);
                    placeInPath[step] = 0;
                    isDone[step] = true;
                    continue;
                }

                path[path.Count - 1] = (step, next + 1);
                var dependency = dependencies[step][next];
                if (!indexes.TryGetValue(dependency.Text, out var target) || isDone[target])
                    continue;
                if (placeInPath[target] == 0)
                    Enter(target);
                else
                    issues.Add(RuleIds.DependencyCycle, dependency.Span, Describe(placeInPath[target] - 1, target));
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
                names.Add($"'{steps[path[i].Step].Text}'");
            names.Add($"'{steps[target].Text}'");
            return string.Join(" → ", names);
        }
    }
}
