using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Json;

/// <summary>Repeats the constraints of a type parameter.</summary>
internal static class TypeConstraints
{
    /// <summary>A <c>where</c> clause, or <see langword="null"/>.</summary>
    public static string? Of(ITypeParameterSymbol parameter)
    {
        var constraints = new List<string>();
        if (parameter.HasUnmanagedTypeConstraint)
            constraints.Add("unmanaged");
        else if (parameter.HasValueTypeConstraint)
            constraints.Add("struct");
        else if (parameter.HasReferenceTypeConstraint)
            constraints.Add("class");
        else if (parameter.HasNotNullConstraint)
            constraints.Add("notnull");
        foreach (var type in parameter.ConstraintTypes)
            constraints.Add(TypeNames.Full(type));
        if (parameter.HasConstructorConstraint)
            constraints.Add("new()");
        return constraints.Count == 0 ? null : $"where {parameter.Name} : {string.Join(", ", constraints)}";
    }
}
