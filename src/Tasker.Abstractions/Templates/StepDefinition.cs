using System.Collections.Immutable;

namespace Tasker.Templates;

/// <summary>A node of a task template (protocol sheet §3.2). Immutable, safe to share between threads.</summary>
public sealed record StepDefinition
{
    /// <summary>The step's name, unique in its template.</summary>
    public required string Name { get; init; }

    /// <summary>What the step is for.</summary>
    public string? Description { get; init; }

    /// <summary>What the step does to the graph.</summary>
    public StepType Type { get; init; }

    /// <summary>The callable of the step's handler.</summary>
    public required string Callable { get; init; }

    /// <summary>Picks between handlers of one callable; <see langword="null"/> or <c>call</c> means the default one.</summary>
    public string? Method { get; init; }

    /// <summary>A resolver hint for workers in other languages; C# handlers are always resolved by callable.</summary>
    public string? Resolver { get; init; }

    /// <summary><c>handler.initialization</c> as a UTF-8 JSON object; <c>{}</c> when there is none.</summary>
    public ReadOnlyMemory<byte> Configuration { get; init; } = EmptyObject;

    /// <summary>The names of the steps this one waits for.</summary>
    public ImmutableArray<string> Dependencies { get; init; } = [];

    /// <summary>The retry policy.</summary>
    public RetryPolicy Retry { get; init; } = RetryPolicy.Default;

    /// <summary>How long one attempt may take; <see langword="null"/> means the worker's default.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>The external system the step depends on, for documentation.</summary>
    public string? SystemDependency { get; init; }

    /// <summary>The batch settings of a <see cref="StepType.BatchWorker"/>.</summary>
    public BatchConfiguration? Batch { get; init; }

    /// <summary>The domain events the step publishes.</summary>
    public ImmutableArray<EventDeclaration> Events { get; init; } = [];

    /// <summary>The JSON schema of the step's result, as JSON text.</summary>
    public string? ResultSchema { get; init; }

    /// <summary>What the step is composed of, as JSON text: kept for tools that make steps out of parts, and read by nobody here.</summary>
    public string? Composition { get; init; }

    internal static readonly byte[] EmptyObject = "{}"u8.ToArray();
}
