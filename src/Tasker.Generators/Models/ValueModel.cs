using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;

namespace Tasker.Generators.Models;

/// <summary>A type that crosses a step boundary.</summary>
/// <param name="Type">How generated code reads and writes it.</param>
/// <param name="IsPublic">Whether other assemblies can see it.</param>
internal sealed record ValueModel(TypeRef Type, bool IsPublic)
{
    /// <summary>The warnings that naming the type gives (<see cref="UseWarnings"/>).</summary>
    public EquatableArray<string> UseWarnings { get; init; } = [];

    /// <summary>The names of the types of references it is made of (<see cref="Parsing.ImportedNames"/>), where it is not this project's code that names them.</summary>
    public EquatableArray<string> Imports { get; init; } = [];

    /// <summary>Whether only the value itself knows what it looks like in JSON.</summary>
    public bool IsElement => Type.Shape is JsonShape.Any;
}
