using Microsoft.CodeAnalysis;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>A class with <c>[TaskTemplate]</c>, with its symbols: lives only while it is looked at. What is kept is <see cref="Model"/>.</summary>
/// <param name="Type">The class.</param>
/// <param name="Data">Its attribute.</param>
/// <param name="Model">The template; <see langword="null"/> when not even its name is known.</param>
/// <param name="Steps">Where the model's steps come from, in their order.</param>
internal sealed record TemplateClass(INamedTypeSymbol Type, AttributeData Data, TemplateModel? Model, IReadOnlyList<TemplateClassStep> Steps);

/// <summary>A handler that is a step of its class's template.</summary>
internal sealed class TemplateClassStep(IMethodSymbol method, AttributeData data, StepModel model)
{
    public IMethodSymbol Method { get; } = method;

    public AttributeData Data { get; } = data;

    public StepModel Model { get; set; } = model;

    /// <summary>Where the model's dependencies come from, in their order.</summary>
    public List<TemplateClassDependency> Dependencies { get; } = [];

    /// <summary>Whether it reads the results of all batches without saying of which worker.</summary>
    public bool ReadsAnyBatches { get; set; }

    public bool DependsOn(string step) => Dependencies.Exists(dependency => dependency.Name == step);

    /// <summary>The step's name in source.</summary>
    public Location? Place(CancellationToken cancellationToken) =>
        Data.PlaceOf("Step", cancellationToken) ?? Data.PlaceOfFirst(cancellationToken) ?? (Method.Locations.Length > 0 ? Method.Locations[0] : null);

    /// <summary>A dependency's name in source.</summary>
    public Location? Place(TemplateClassDependency dependency, CancellationToken cancellationToken) =>
        dependency.Reader?.PlaceOfBinding(cancellationToken)
        ?? (dependency.Index >= 0 ? Data.PlaceOf("DependsOn", dependency.Index, cancellationToken) : null)
        ?? Place(cancellationToken);
}

/// <summary>A step that another one waits for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reader">The parameter that reads its result.</param>
/// <param name="Index">Its place in <c>DependsOn</c>, or -1.</param>
/// <param name="IsOptional">Whether the reader can do without it.</param>
internal sealed record TemplateClassDependency(string Name, IParameterSymbol? Reader, int Index, bool IsOptional);
