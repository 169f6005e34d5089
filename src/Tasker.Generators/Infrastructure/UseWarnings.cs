using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Generators.Infrastructure;

/// <summary>
/// The ids of warnings that the compiler gives for any use of a symbol, because of <c>[Experimental]</c> or of an <c>[Obsolete]</c> with an id of its own. Whoever
/// declares a handler with such a symbol has been warned there; generated code must not repeat it where nobody can turn it off.
/// </summary>
internal static class UseWarnings
{
    /// <summary>Of all symbols that a generated file names.</summary>
    public static EquatableArray<string> Of(params ISymbol[] symbols)
    {
        SortedSet<string>? ids = null;
        foreach (var symbol in symbols)
            Add(symbol, ref ids);
        return ids is null ? [] : new List<string>(ids).ToEquatableArray();
    }

    /// <summary>Of a method, or a constructor, that a generated file calls with values of its parameters' types.</summary>
    public static EquatableArray<string> OfCall(IMethodSymbol method)
    {
        var symbols = new List<ISymbol> { method, method.ReturnType };
        foreach (var parameter in method.Parameters)
            symbols.Add(parameter.Type);
        return Of([.. symbols]);
    }

    /// <summary>The ids of several parts of a file, each once.</summary>
    public static EquatableArray<string> Union(EquatableArray<string> one, EquatableArray<string> other)
    {
        if (one.IsEmpty || other.IsEmpty)
            return one.IsEmpty ? other : one;
        var ids = new SortedSet<string>(one, StringComparer.Ordinal);
        ids.UnionWith(other);
        return new List<string>(ids).ToEquatableArray();
    }

    private static void Add(ISymbol symbol, ref SortedSet<string>? ids)
    {
        if (symbol is IArrayTypeSymbol array)
        {
            Add(array.ElementType, ref ids);
            return;
        }

        // A whole library may be an experiment, for everybody but itself.
        if (symbol.ContainingAssembly is { } library and not ISourceAssemblySymbol)
            AddOwn(library, ref ids);
        for (var current = symbol; current is not null and not INamespaceSymbol; current = current.ContainingSymbol)
        {
            AddOwn(current, ref ids);
            if (current is not INamedTypeSymbol named)
                continue;
            foreach (var argument in named.TypeArguments)
                Add(argument, ref ids);
        }
    }

    private static void AddOwn(ISymbol symbol, ref SortedSet<string>? ids)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (IdOf(attribute) is { } id && SyntaxFacts.IsValidIdentifier(id))
                (ids ??= new SortedSet<string>(StringComparer.Ordinal)).Add(id);
        }
    }

    private static string? IdOf(AttributeData attribute) => attribute.AttributeClass?.Name switch
    {
        "ExperimentalAttribute" => attribute.ConstructorArguments is [{ Value: string id }] ? id : null,
        "ObsoleteAttribute" => Named(attribute, "DiagnosticId"),
        _ => null,
    };

    private static string? Named(AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
                return argument.Value.Value as string;
        }

        return null;
    }
}
