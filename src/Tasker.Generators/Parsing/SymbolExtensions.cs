using Microsoft.CodeAnalysis;
using Tasker.Generators.Json;

namespace Tasker.Generators.Parsing;

/// <summary>Questions about symbols that several parsers ask.</summary>
internal static class SymbolExtensions
{
    /// <summary>Names for messages: without namespaces.</summary>
    public static readonly SymbolDisplayFormat Message = SymbolDisplayFormat.CSharpShortErrorMessageFormat;

    /// <summary>Types as generated code writes them: from the global namespace, without nullable reference annotations.</summary>
    public static string ToSource(this ITypeSymbol type) => TypeNames.Full(type);

    /// <summary>Whether a type that is not nested has this full metadata name.</summary>
    public static bool Is(this ITypeSymbol? type, string metadataName)
    {
        if (type is not INamedTypeSymbol { ContainingType: null } named)
            return false;
        var end = metadataName.Length;
        if (!EndsAt(metadataName, ref end, named.MetadataName))
            return false;
        for (var space = named.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
        {
            if (!EndsAt(metadataName, ref end, space.MetadataName))
                return false;
        }

        return end < 0;
    }

    public static AttributeData? FindAttribute(this ISymbol symbol, string metadataName)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass.Is(metadataName))
                return attribute;
        }

        return null;
    }

    /// <summary>Whether nobody may use a symbol any more, generated code included: no directive turns that error off.</summary>
    public static bool IsForbidden(this ISymbol symbol) =>
        symbol.FindAttribute("System.ObsoleteAttribute") is { ConstructorArguments: [_, { Value: true }, ..] };

    /// <summary>The first positional argument as text.</summary>
    public static string? FirstText(this AttributeData attribute) =>
        attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Primitive, Value: string text }, ..] ? text : null;

    public static string? NamedText(this AttributeData attribute, string name) => attribute.NamedValue(name) as string;

    /// <summary>The value of a named argument that is a constant.</summary>
    public static object? NamedValue(this AttributeData attribute, string name) =>
        attribute.Named(name) is { Kind: TypedConstantKind.Primitive or TypedConstantKind.Enum } argument ? argument.Value : null;

    public static TypedConstant? Named(this AttributeData attribute, string name)
    {
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument.Key == name)
                return argument.Value;
        }

        return null;
    }

    /// <summary>Whether a type has type parameters of its own or of a type around it.</summary>
    public static bool IsInGeneric(this INamedTypeSymbol type)
    {
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.TypeParameters.Length > 0)
                return true;
        }

        return false;
    }

    /// <summary>The first symbol, from the inside out, that other code of the assembly cannot reach; <see langword="null"/> when all can be reached.</summary>
    public static ISymbol? FindUnreachable(this ISymbol symbol)
    {
        for (var current = symbol; current is not null and not INamespaceSymbol; current = current.ContainingSymbol)
        {
            if (current.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal
                or Accessibility.NotApplicable)
            {
                return current;
            }

            if (current is INamedTypeSymbol { IsFileLocal: true })
                return current;
        }

        return null;
    }

    /// <summary>Whether other assemblies can see a type and all its type arguments.</summary>
    public static bool IsVisibleOutside(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array)
            return array.ElementType.IsVisibleOutside();
        for (var current = type; current is not null; current = current.ContainingType)
        {
            if (current.DeclaredAccessibility is not Accessibility.Public)
                return false;
            if (current is not INamedTypeSymbol named)
                continue;
            foreach (var argument in named.TypeArguments)
            {
                if (!argument.IsVisibleOutside())
                    return false;
            }
        }

        return true;
    }

    private static bool EndsAt(string text, ref int end, string part)
    {
        var start = end - part.Length;
        if (start < 0 || string.CompareOrdinal(text, start, part, 0, part.Length) != 0 || (start > 0 && text[start - 1] != '.'))
            return false;
        end = start - 1;
        return true;
    }
}
