using System.Collections.Immutable;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// A task template compiled for the engine: names become indices, and it is settled which steps every task begins with and which ones
/// wait for a decision or a batch analyzer. Immutable, shared by all tasks of the template.
/// </summary>
internal sealed class TaskPlan
{
    private readonly Dictionary<string, int> _byName;

    private TaskPlan(TaskTemplate template, PlanNode[] nodes, Dictionary<string, int> byName, int[] order)
    {
        Template = template;
        HasLimits = template.Lifecycle is
            { MaxDuration: not null } or { MaxWaitingForDependencies: not null } or { MaxWaitingForRetry: not null } or { MaxStepsInProcess: not null };
        Nodes = nodes;
        _byName = byName;

        Initial = Shape(nodes);
        Dynamic = [.. order.Where(index => !nodes[index].IsStatic).Select(index => nodes[index])];
    }

    /// <summary>The template.</summary>
    public TaskTemplate Template { get; }

    /// <summary>Whether tasks of the template can become stale.</summary>
    public bool HasLimits { get; }

    /// <summary>The template's steps, in template order.</summary>
    public PlanNode[] Nodes { get; }

    /// <summary>The steps every task begins with; a step's index in the task is its index here.</summary>
    public StepShape[] Initial { get; }

    /// <summary>The nodes that exist only when a decision or a batch analyzer leads to them, dependencies first.</summary>
    public PlanNode[] Dynamic { get; }

    /// <summary>Finds a node by its template step's name.</summary>
    public PlanNode? Find(string name) => _byName.TryGetValue(name, out var index) ? Nodes[index] : null;

    /// <summary>Compiles a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="steps">Its steps as this environment has them; those of the template when not given.</param>
    /// <param name="firstNumber">The number of the first of them.</param>
    /// <exception cref="ConfigurationException">A name occurs twice, a dependency does not exist, or the graph has a cycle.</exception>
    public static TaskPlan Compile(TaskTemplate template, ImmutableArray<StepDefinition> steps = default, int firstNumber = 0)
    {
        if (steps.IsDefault)
            steps = template.Steps;
        var byName = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < steps.Length; i++)
        {
            if (!byName.TryAdd(steps[i].Name, i))
                throw new ConfigurationException($"Template '{template}' has two steps called '{steps[i].Name}'. Rename one.");
        }

        var dependencies = new int[steps.Length][];
        for (var i = 0; i < dependencies.Length; i++)
            dependencies[i] = [.. steps[i].Dependencies.Distinct().Select(name => Resolve(template, byName, steps[i], name))];

        var order = Sort(template, dependencies);
        var nodes = new PlanNode[dependencies.Length];
        foreach (var index in order)
            nodes[index] = new PlanNode(index, firstNumber + index, steps[index], dependencies[index], nodes);
        foreach (var node in nodes)
            node.FindGovernors(nodes);
        return new TaskPlan(template, nodes, byName, order);
    }

    private static StepShape[] Shape(PlanNode[] nodes)
    {
        var initial = Array.FindAll(nodes, node => node.IsStatic);
        var steps = new Dictionary<int, int>();
        foreach (var node in initial)
            steps.Add(node.Index, steps.Count);
        var parents = Array.ConvertAll(initial, node => Array.ConvertAll(node.Dependencies, dependency => steps[dependency]));
        var children = Array.ConvertAll(initial, _ => new List<int>());
        for (var i = 0; i < initial.Length; i++)
        {
            foreach (var parent in parents[i])
                children[parent].Add(i);
        }

        return
        [
            .. initial.Select((node, i) => new StepShape(node, node.Name, parents[i])
            {
                Children = [.. children[i]],
                ParentNames = [.. node.Dependencies.Select(dependency => nodes[dependency].Name)],
            }),
        ];
    }

    private static int Resolve(TaskTemplate template, Dictionary<string, int> byName, StepDefinition step, string dependency) =>
        byName.TryGetValue(dependency, out var index)
            ? index
            : throw new ConfigurationException(
                $"Step '{step.Name}' of template '{template}' depends on '{dependency}', which the template does not have.");

    /// <summary>Dependencies first; among equals, template order.</summary>
    private static int[] Sort(TaskTemplate template, int[][] dependencies)
    {
        var remaining = dependencies.Select(list => list.Length).ToArray();
        var dependents = new List<int>[dependencies.Length];
        for (var i = 0; i < dependencies.Length; i++)
            dependents[i] = [];
        for (var i = 0; i < dependencies.Length; i++)
        {
            foreach (var dependency in dependencies[i])
                dependents[dependency].Add(i);
        }

        var ready = new PriorityQueue<int, int>();
        for (var i = 0; i < remaining.Length; i++)
        {
            if (remaining[i] == 0)
                ready.Enqueue(i, i);
        }

        var order = ImmutableArray.CreateBuilder<int>(dependencies.Length);
        while (ready.TryDequeue(out var index, out _))
        {
            order.Add(index);
            foreach (var dependent in dependents[index])
            {
                if (--remaining[dependent] == 0)
                    ready.Enqueue(dependent, dependent);
            }
        }

        if (order.Count < dependencies.Length)
        {
            var cyclic = string.Join(", ", template.Steps.Where((_, i) => remaining[i] > 0).Select(step => $"'{step.Name}'"));
            throw new ConfigurationException($"The steps {cyclic} of template '{template}' wait for one another in a cycle.");
        }

        return [.. order];
    }
}
