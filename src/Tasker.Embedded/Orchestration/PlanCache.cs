using System.Collections.Concurrent;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>Compiles each template of the host once. Safe to call from many threads at once.</summary>
internal sealed class PlanCache(TemplateCatalog catalog, TemplateEnvironment environment)
{
    private readonly ConcurrentDictionary<TaskTemplate, TaskPlan> _plans = new(ReferenceEqualityComparer.Instance);
    private int _steps;

    /// <summary>The plan of a template, or of the host's template with the same identity.</summary>
    /// <exception cref="ConfigurationException">The host does not have the template, or its graph is broken.</exception>
    public TaskPlan Get(TaskTemplate template)
    {
        if (_plans.TryGetValue(template, out var plan))
            return plan;
        plan = Find(template.Namespace, template.Name, template.Version)
            ?? throw new ConfigurationException(
                $"This host has no template '{template}', so the task could not be continued after a restart. " +
                "Add the template's assembly with its generated AddHandlers().");
        return _plans.GetOrAdd(template, plan);
    }

    /// <summary>The plan of the host's template with that identity, or <see langword="null"/>.</summary>
    /// <exception cref="ConfigurationException">The template's graph is broken.</exception>
    public TaskPlan? Find(string @namespace, string name, string version) =>
        catalog.TryGet(@namespace, name, version, out var template) ? _plans.GetOrAdd(template, Compile) : null;

    private TaskPlan Compile(TaskTemplate template)
    {
        var steps = environment.StepsOf(template);
        return TaskPlan.Compile(template, steps, firstNumber: Interlocked.Add(ref _steps, steps.Length) - steps.Length);
    }
}
