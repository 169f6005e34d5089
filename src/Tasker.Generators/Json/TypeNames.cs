using System.Text;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Names of types: in generated code, in messages, and of generated classes.</summary>
internal static class TypeNames
{
    private static readonly SymbolDisplayFormat Short = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly,
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes);

    /// <summary>The type in generated code, with <c>global::</c>.</summary>
    public static string Full(ITypeSymbol type)
    {
        var name = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return name.Contains("await") ? EscapeAwait(type) : name;
    }

    /// <summary>A keyword in asynchronous methods only, so the compiler's own format leaves it as it is.</summary>
    private static string EscapeAwait(ITypeSymbol type)
    {
        var name = new StringBuilder();
        foreach (var part in type.ToDisplayParts(SymbolDisplayFormat.FullyQualifiedFormat))
        {
            var text = part.ToString();
            name.Append(text == "await" ? "@await" : text);
        }

        return name.ToString();
    }

    /// <summary>The type in messages.</summary>
    public static string Display(ITypeSymbol type) => type.ToDisplayString(Short);

    /// <summary>
    /// The class that serializes a type: readable, and unique by a hash of the whole name. The assembly is part of the hash, because an assembly may
    /// see the internals of another that serializes the same type.
    /// </summary>
    public static string ClassName(ITypeSymbol type, string variant, string? assembly)
    {
        var name = new StringBuilder("Json");
        Append(name, type);
        name.Append(variant).Append('_');
        return name.Append(Identifiers.StableHash($"{assembly}|{Full(type)}|{variant}")).ToString();
    }

    private static void Append(StringBuilder name, ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
        {
            Append(name, array.ElementType);
            name.Append("Array");
            return;
        }

        name.Append(type.Name);
        if (type is not INamedTypeSymbol { TypeArguments: { IsEmpty: false } arguments })
            return;
        var separator = "Of";
        foreach (var argument in arguments)
        {
            name.Append(separator);
            Append(name, argument);
            separator = "And";
        }
    }
}
