using System.Collections.Immutable;
using Tasker.Json;

namespace Tasker.Templates;

/// <summary>
/// A compiled workflow definition: what a YAML template or a C# template class becomes. Immutable, safe to share between threads.
/// </summary>
public class TaskTemplate
{
    /// <summary>The template's name, unique with namespace and version.</summary>
    public required string Name { get; init; }

    /// <summary>The namespace: which workers serve it.</summary>
    public required string Namespace { get; init; }

    /// <summary>The version, at most 16 characters.</summary>
    public required string Version { get; init; }

    /// <summary>What the workflow is for.</summary>
    public string? Description { get; init; }

    /// <summary>The steps in template order.</summary>
    public required ImmutableArray<StepDefinition> Steps { get; init; }

    /// <summary>The JSON schema of the task's context, as JSON text.</summary>
    public string? InputSchema { get; init; }

    /// <summary>Who made the template and where it is described.</summary>
    public TemplateMetadata? Metadata { get; init; }

    /// <summary>The external systems that the workflow depends on, for documentation.</summary>
    public SystemDependencies SystemDependencies { get; init; } = SystemDependencies.Default;

    /// <summary>The domain events that the workflow describes; <see cref="StepDefinition.Events"/> are those that steps publish.</summary>
    public ImmutableArray<DomainEventDefinition> DomainEvents { get; init; } = [];

    /// <summary>Staleness limits.</summary>
    public TaskLifecycle? Lifecycle { get; init; }

    /// <summary>Overrides by environment name.</summary>
    public ImmutableDictionary<string, ImmutableArray<StepOverride>> Environments { get; init; } =
        ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty;

    /// <summary>Finds a step by name.</summary>
    /// <returns>The step, or <see langword="null"/>.</returns>
    public StepDefinition? FindStep(string name)
    {
        foreach (var step in Steps)
        {
            if (step.Name == name)
                return step;
        }

        return null;
    }

    /// <summary>namespace/name/version.</summary>
    public override string ToString() => $"{Namespace}/{Name}/{Version}";
}

/// <summary>A template whose context is a <typeparamref name="TInput"/>.</summary>
/// <typeparam name="TInput">The type of the task's context.</typeparam>
public sealed class TaskTemplate<TInput> : TaskTemplate
{
    /// <summary>Writes and reads the task's context.</summary>
    public required JsonCodec<TInput> InputCodec { get; init; }
}

/// <summary>What one environment changes about one step, or about all of them (protocol sheet §3.2, <c>environments</c>).</summary>
public sealed record StepOverride
{
    /// <summary>The step's name, or <c>ALL</c>.</summary>
    public required string Step { get; init; }

    /// <summary>Configuration members that replace or extend <see cref="StepDefinition.Configuration"/>, as a UTF-8 JSON object.</summary>
    public ReadOnlyMemory<byte>? Configuration { get; init; }

    /// <summary>Replaces the timeout.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>Replaces the whole retry policy.</summary>
    public RetryPolicy? Retry { get; init; }
}
