using System.Collections.Immutable;

namespace Tasker.Embedded.Orchestration;

/// <summary>What a step is, as opposed to what becomes of it. All tasks of a template share those of the steps that they begin with. Immutable.</summary>
/// <param name="node">The step of the compiled template.</param>
/// <param name="name">The step's name in the task.</param>
/// <param name="parents">The indices of the steps it waits for.</param>
internal sealed class StepShape(PlanNode node, string name, int[] parents)
{
    public PlanNode Node { get; } = node;

    public string Name { get; } = name;

    public int[] Parents { get; } = parents;

    /// <summary>The indices of the steps that wait for it and are known from the plan.</summary>
    public int[] Children { get; init; } = [];

    /// <summary>The names of <see cref="Parents"/>, when they are known from the plan.</summary>
    public ImmutableArray<string> ParentNames { get; init; }

    /// <summary>What the engine gives to an instance of a batch worker.</summary>
    public ReadOnlyMemory<byte> Inputs { get; init; }
}
