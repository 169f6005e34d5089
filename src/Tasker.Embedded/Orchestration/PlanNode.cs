using System.Collections;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>One step of a compiled template.</summary>
internal sealed class PlanNode
{
    private readonly BitArray _ancestors;

    /// <param name="index">The node's index.</param>
    /// <param name="number">The node's number among those of all plans.</param>
    /// <param name="definition">The template step.</param>
    /// <param name="dependencies">The nodes it depends on, which <paramref name="nodes"/> already holds.</param>
    /// <param name="nodes">All nodes compiled so far.</param>
    public PlanNode(int index, int number, StepDefinition definition, int[] dependencies, PlanNode[] nodes)
    {
        Index = index;
        Number = number;
        Definition = definition;
        Dependencies = dependencies;
        _ancestors = new BitArray(nodes.Length);
        foreach (var dependency in dependencies)
        {
            _ancestors.Set(dependency, true);
            _ancestors.Or(nodes[dependency]._ancestors);
        }

        IsStatic = Type is not StepType.BatchWorker
            && Array.TrueForAll(dependencies, dependency => nodes[dependency] is { IsStatic: true, Type: not StepType.Decision });
    }

    /// <summary>The node's index in its plan.</summary>
    public int Index { get; }

    /// <summary>The node's number among those of all plans of the host.</summary>
    public int Number { get; }

    /// <summary>The template step.</summary>
    public StepDefinition Definition { get; }

    /// <summary>The template step's name.</summary>
    public string Name => Definition.Name;

    /// <summary>The template step's type.</summary>
    public StepType Type => Definition.Type;

    /// <summary>The nodes it depends on.</summary>
    public int[] Dependencies { get; }

    /// <summary>Whether every task has this step from its start: nothing above it is a decision or a batch.</summary>
    public bool IsStatic { get; }

    /// <summary>
    /// For a batch worker: the batchable steps that may instantiate it. Those it depends on, or all of the template when it names none.
    /// </summary>
    public int[] Governors { get; private set; } = [];

    /// <summary>Whether this node is, directly or not, downstream of another.</summary>
    public bool IsDownstreamOf(int node) => _ancestors.Get(node);

    internal void FindGovernors(PlanNode[] nodes)
    {
        if (Type is not StepType.BatchWorker)
            return;
        Governors = [.. Dependencies.Where(dependency => nodes[dependency].Type is StepType.Batchable)];
        if (Governors.Length == 0)
            Governors = [.. nodes.Where(node => node.Type is StepType.Batchable).Select(node => node.Index)];
    }
}
