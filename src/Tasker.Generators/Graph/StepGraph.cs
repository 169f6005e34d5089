using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>A template's steps as a graph. Unknown dependencies and cycles are other rules' business and are stepped over.</summary>
internal sealed class StepGraph
{
    private readonly TemplateModel _template;
    private readonly Dictionary<string, int> _indexes = new(StringComparer.Ordinal);
    private readonly HashSet<int>?[] _ancestors;
    private readonly HashSet<int>?[] _guaranteed;

    public StepGraph(TemplateModel template)
    {
        _template = template;
        for (var i = 0; i < template.Steps.Count; i++)
            _indexes[template.Steps[i].Name] = i;
        _ancestors = new HashSet<int>?[template.Steps.Count];
        _guaranteed = new HashSet<int>?[template.Steps.Count];
    }

    public TemplateModel Template => _template;

    public StepModel? Find(string name) => _indexes.TryGetValue(name, out var index) ? _template.Steps[index] : null;

    /// <summary>Whether <paramref name="ancestor"/> is among the steps that <paramref name="step"/> waits for, directly or not.</summary>
    public bool IsAncestor(string ancestor, StepModel step) =>
        _indexes.TryGetValue(ancestor, out var index) && Ancestors(_indexes[step.Name]).Contains(index);

    /// <summary>
    /// Whether <paramref name="ancestor"/> has surely run when <paramref name="step"/> does. Only a deferred convergence runs although a branch
    /// that it names was not taken; what every branch waits for has run whichever was taken.
    /// </summary>
    public bool IsGuaranteed(string ancestor, StepModel step)
    {
        // A set is published before it is filled, for cycles; another thread must not see it then.
        lock (_guaranteed)
            return _indexes.TryGetValue(ancestor, out var index) && Guaranteed(_indexes[step.Name]).Contains(index);
    }

    /// <summary>Whether a step exists only when a decision or a batch analyzer creates it.</summary>
    public bool IsDynamic(StepModel step) => step.Type == "BatchWorker" || HasAncestorOfType(step, "Decision");

    /// <summary>Whether a task that runs the one step runs the other as well, or the reverse. Of the steps that decisions create nobody knows, unless one waits for the other.</summary>
    public bool RunTogether(StepModel one, StepModel other) =>
        one.Name == other.Name || !IsDynamic(one) || !IsDynamic(other) || IsGuaranteed(one.Name, other) || IsGuaranteed(other.Name, one);

    public bool HasAncestorOfType(StepModel step, string type)
    {
        foreach (var ancestor in Ancestors(_indexes[step.Name]))
        {
            if (_template.Steps[ancestor].Type == type)
                return true;
        }

        return false;
    }

    /// <summary>Everything reachable. Each step is walked on its own, so a cycle ends the walk rather than spoiling it.</summary>
    private HashSet<int> Ancestors(int step)
    {
        if (_ancestors[step] is { } known)
            return known;
        var reached = new HashSet<int>();
        var pending = new Stack<int>();
        pending.Push(step);
        while (pending.Count > 0)
        {
            foreach (var dependency in Dependencies(pending.Pop()))
            {
                if (reached.Add(dependency))
                    pending.Push(dependency);
            }
        }

        return _ancestors[step] = reached;
    }

    private HashSet<int> Guaranteed(int step)
    {
        if (_guaranteed[step] is { } known)
            return known;
        var always = _guaranteed[step] = []; // seen by a cycle that comes back here
        var isConvergence = _template.Steps[step].Type == "DeferredConvergence";
        HashSet<int>? everyBranch = null;
        foreach (var dependency in Dependencies(step))
        {
            if (!isConvergence || !IsDynamic(_template.Steps[dependency]))
                always.UnionWith(WithItself(dependency));
            else if (everyBranch is null)
                everyBranch = WithItself(dependency);
            else
                everyBranch.IntersectWith(WithItself(dependency));
        }

        if (everyBranch is not null)
            always.UnionWith(everyBranch);
        return always;
    }

    private HashSet<int> WithItself(int step) => [.. Guaranteed(step), step];

    private List<int> Dependencies(int step)
    {
        var dependencies = new List<int>();
        foreach (var name in _template.Steps[step].Dependencies)
        {
            if (_indexes.TryGetValue(name, out var dependency))
                dependencies.Add(dependency);
        }

        return dependencies;
    }
}
