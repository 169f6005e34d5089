using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Parsing;

/// <summary>Where in source the parts of an attribute are.</summary>
internal static class AttributePlaces
{
    /// <summary>The attribute itself.</summary>
    public static Location? Place(this AttributeData data, CancellationToken cancellationToken) => data.Syntax(cancellationToken)?.GetLocation();

    /// <summary>The first argument.</summary>
    public static Location? PlaceOfFirst(this AttributeData? data, CancellationToken cancellationToken) =>
        data?.Syntax(cancellationToken)?.ArgumentList?.Arguments is [var first, ..] ? first.GetLocation() : null;

    /// <summary>The value of a named argument.</summary>
    public static Location? PlaceOf(this AttributeData data, string name, CancellationToken cancellationToken) =>
        data.Find(name, cancellationToken)?.GetLocation();

    /// <summary>One element of a named argument that is an array.</summary>
    public static Location? PlaceOf(this AttributeData data, string name, int element, CancellationToken cancellationToken)
    {
        var expression = data.Find(name, cancellationToken);
        SyntaxNode? found = expression switch
        {
            CollectionExpressionSyntax list => element < list.Elements.Count ? list.Elements[element] : null,
            ArrayCreationExpressionSyntax { Initializer: { } list } => element < list.Expressions.Count ? list.Expressions[element] : null,
            ImplicitArrayCreationExpressionSyntax { Initializer: { } list } => element < list.Expressions.Count ? list.Expressions[element] : null,
            _ => null,
        };
        return (found ?? expression)?.GetLocation();
    }

    /// <summary>The name given in a parameter's <c>[FromStep]</c> or <c>[FromInput]</c>, or else the parameter.</summary>
    public static Location? PlaceOfBinding(this IParameterSymbol parameter, CancellationToken cancellationToken) =>
        (parameter.FindAttribute(KnownNames.FromStepAttribute) ?? parameter.FindAttribute(KnownNames.FromInputAttribute)).PlaceOfFirst(cancellationToken)
        ?? (parameter.Locations.Length > 0 ? parameter.Locations[0] : null);

    private static AttributeSyntax? Syntax(this AttributeData data, CancellationToken cancellationToken) =>
        data.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;

    private static ExpressionSyntax? Find(this AttributeData data, string name, CancellationToken cancellationToken)
    {
        if (data.Syntax(cancellationToken)?.ArgumentList is not { } list)
            return null;
        foreach (var argument in list.Arguments)
        {
            if (argument.NameEquals?.Name.Identifier.ValueText == name)
                return argument.Expression;
        }

        return null;
    }
}
