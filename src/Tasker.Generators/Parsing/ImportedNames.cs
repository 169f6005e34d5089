using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Parsing;

/// <summary>
/// Whether the name of an imported type means that type wherever generated code writes it. Looks it up as the compiler does, through the merged
/// namespaces, which cost nothing beyond what binding any name costs.
/// </summary>
internal sealed class ImportedNames(Compilation compilation)
{
    private readonly Dictionary<string, INamespaceSymbol?> _namespaces = new(StringComparer.Ordinal) { [""] = compilation.GlobalNamespace };

    /// <summary>What generated code has to look up to name a type: the namespace and metadata name of the outermost type around it, such as <c>Shop.Page`1</c>.</summary>
    public static string Of(INamedTypeSymbol type)
    {
        while (type.ContainingType is { } outer)
            type = outer;
        return type.ContainingNamespace is { IsGlobalNamespace: false } space ? $"{space.ToDisplayString()}.{type.MetadataName}" : type.MetadataName;
    }

    /// <param name="name">Such a name.</param>
    public bool IsClear(string name)
    {
        var dot = name.LastIndexOf('.');
        if (FindNamespace(dot < 0 ? "" : name.Substring(0, dot)) is not { } space)
            return false;
        var tick = name.IndexOf('`', dot + 1);
        var simple = tick < 0 ? name.Substring(dot + 1) : name.Substring(dot + 1, tick - dot - 1);
        return FindOnly(space, simple, tick < 0 ? 0 : int.Parse(name.Substring(tick + 1))) is INamedTypeSymbol;
    }

    private INamespaceSymbol? FindNamespace(string name)
    {
        if (_namespaces.TryGetValue(name, out var known))
            return known;
        var dot = name.LastIndexOf('.');
        var outer = FindNamespace(dot < 0 ? "" : name.Substring(0, dot));
        return _namespaces[name] = outer is null ? null : FindOnly(outer, name.Substring(dot + 1), arity: 0) as INamespaceSymbol;
    }

    /// <summary>What a name means; <see langword="null"/> when it means several things.</summary>
    private INamespaceOrTypeSymbol? FindOnly(INamespaceSymbol space, string name, int arity)
    {
        var only = default(INamespaceOrTypeSymbol);
        foreach (var member in space.GetMembers(name))
        {
            if (member is INamedTypeSymbol type ? type.Arity != arity || !compilation.IsSymbolAccessibleWithin(type, compilation.Assembly) : arity > 0)
                continue;
            if (only is not null)
                return null;
            only = member;
        }

        return only;
    }
}
