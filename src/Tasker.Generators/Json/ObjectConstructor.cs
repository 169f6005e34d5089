using Microsoft.CodeAnalysis;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Json;

/// <summary>Chooses the constructor that reading calls, as System.Text.Json does.</summary>
internal static class ObjectConstructor
{
    /// <summary>The constructor; <see langword="null"/> for a struct that begins as its default.</summary>
    public static IMethodSymbol? Find(JsonTypeModelBuilder builder, INamedTypeSymbol type, string path)
    {
        IMethodSymbol? marked = null;
        IMethodSymbol? parameterless = null;
        IMethodSymbol? lone = null;
        var publicCount = 0;
        foreach (var constructor in type.InstanceConstructors)
        {
            if (JsonAttributes.Has(constructor, "JsonConstructorAttribute"))
            {
                if (marked is not null)
                    throw JsonTypeModelBuilder.Unsupported(path, type, "Two constructors carry [JsonConstructor]. Mark one.");
                marked = constructor;
            }

            if (constructor.DeclaredAccessibility is not Accessibility.Public)
                continue;
            publicCount++;
            lone = constructor;
            if (constructor.Parameters.IsEmpty)
                parameterless = constructor;
        }

        if (marked is null && type.IsValueType)
            return parameterless is { IsImplicitlyDeclared: false } ? parameterless : null;
        var chosen = marked ?? parameterless ?? (publicCount == 1 ? lone : null)
            ?? throw JsonTypeModelBuilder.Unsupported(path, type, "It is not clear which constructor to call. Mark one with [JsonConstructor], or add a public one without parameters.");
        if (!builder.Compilation.IsSymbolAccessibleWithin(chosen, builder.Compilation.Assembly))
            throw JsonTypeModelBuilder.Unsupported(path, type, "Generated code cannot reach its [JsonConstructor]. Make it public or internal.");
        if (chosen.IsForbidden())
            throw JsonTypeModelBuilder.Unsupported(path, type, "Its constructor is marked obsolete as an error. Let it warn only.");
        return chosen;
    }

    /// <summary>Which property gets its value through which parameter.</summary>
    public static Dictionary<ObjectProperty, int> Bind(IMethodSymbol? constructor, List<ObjectProperty> properties, INamedTypeSymbol type, string path)
    {
        var bound = new Dictionary<ObjectProperty, int>();
        if (constructor is null)
            return bound;
        foreach (var parameter in constructor.Parameters)
        {
            if (parameter.RefKind is not RefKind.None)
                throw JsonTypeModelBuilder.Unsupported(path, type, $"Its constructor takes '{parameter.Name}' by reference. Take it by value.");
            ObjectProperty? match = null;
            foreach (var property in properties)
            {
                if (!string.Equals(property.Symbol.Name, parameter.Name, StringComparison.OrdinalIgnoreCase)
                    || !SymbolEqualityComparer.Default.Equals(property.Symbol.Type, parameter.Type))
                {
                    continue;
                }

                if (match is not null)
                    throw JsonTypeModelBuilder.Unsupported(path, type, $"Two properties fit its constructor's parameter '{parameter.Name}'. Rename one.");
                match = property;
            }

            if (match is null)
            {
                throw JsonTypeModelBuilder.Unsupported(
                    path, type, $"No public property has the name and the type of its constructor's parameter '{parameter.Name}'. Add one, or mark another constructor with [JsonConstructor].");
            }

            if (bound.ContainsKey(match))
                throw JsonTypeModelBuilder.Unsupported(path, type, $"Two parameters of its constructor fit the property '{match.Symbol.Name}'. Rename one, or mark another constructor with [JsonConstructor].");
            bound.Add(match, parameter.Ordinal);
        }

        return bound;
    }
}
