using System.Collections.Immutable;

namespace Tasker.Templates;

/// <summary>The external systems that a workflow depends on, for documentation (protocol sheet §3.2, <c>system_dependencies</c>).</summary>
public sealed record SystemDependencies
{
    /// <summary>What a template that names none has.</summary>
    public static SystemDependencies Default { get; } = new();

    /// <summary>The main system. Default <c>default</c>.</summary>
    public string Primary { get; init; } = "default";

    /// <summary>The other systems.</summary>
    public ImmutableArray<string> Secondary { get; init; } = [];
}
