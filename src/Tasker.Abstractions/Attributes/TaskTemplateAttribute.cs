namespace Tasker;

/// <summary>
/// Makes a partial class a task template: its handlers are the steps, and what they read is what they wait for. The generator completes the
/// class with <c>Name</c>, <c>Namespace</c>, <c>Version</c>, <c>Steps</c>, <c>Template</c> and, when they read the context
/// member by member, <c>Inputs</c>, the same as of a YAML template.
/// </summary>
/// <remarks>
/// A step's type follows from its handler: a <see cref="DecisionAttribute"/> makes a <c>decision</c>, a <see cref="BatchAnalyzerAttribute"/>
/// a <c>batchable</c>, a <see cref="BatchWorkerAttribute"/> a <c>batch_worker</c> that waits for its analyzer, and a
/// <see cref="StepHandlerAttribute"/> a <c>standard</c> step, or a <c>deferred_convergence</c> when it reads a batch worker's results or, with a
/// nullable parameter, a step of a branch that may not be taken.
/// </remarks>
/// <param name="name">The template's name, at most 128 characters.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskTemplateAttribute(string name) : Attribute
{
    /// <summary>The template's name.</summary>
    public string Name { get; } = name;

    /// <summary>The namespace, which decides what workers serve the template; at most 128 characters.</summary>
    public required string Namespace { get; set; }

    /// <summary>The version, at most 16 characters.</summary>
    public required string Version { get; set; }

    /// <summary>What the workflow is for.</summary>
    public string? Description { get; set; }

    /// <summary>Who wrote it (<c>metadata.author</c>).</summary>
    public string? Author { get; set; }

    /// <summary>Words to find it by (<c>metadata.tags</c>).</summary>
    public string[] Tags { get; set; } = [];

    /// <summary>Where it is described (<c>metadata.documentation_url</c>).</summary>
    public string? DocumentationUrl { get; set; }
}
