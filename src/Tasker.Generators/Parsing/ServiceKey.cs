using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Parsing;

/// <summary>
/// The key that <c>[FromKeyedServices]</c> asks for. Without a key the attribute passes on that of the object that is made; a handler has none, so an
/// ordinary service is meant, as with the key <see langword="null"/>.
/// </summary>
internal static class ServiceKey
{
    public const string Unusable = "its service key is no constant that generated code can name; use text, a number or a public or internal enum or type";

    /// <summary>The key as an expression, or <see langword="null"/> when generated code cannot write it.</summary>
    public static string? Express(AttributeData attribute) => attribute.ConstructorArguments switch
    {
        [] => "null",
        [{ IsNull: true }] => "null",
        [{ Kind: TypedConstantKind.Primitive, Type: { } type } constant] => ConstantExpression.Of(type, constant.Value),
        [{ Kind: TypedConstantKind.Enum, Type: { } type } constant] when type.FindUnreachable() is null => ConstantExpression.Of(type, constant.Value),
        [{ Kind: TypedConstantKind.Type, Value: INamedTypeSymbol { TypeKind: not TypeKind.Error } type }] when IsReachable(type) => $"typeof({type.ToSource()})",
        _ => null,
    };

    private static bool IsReachable(INamedTypeSymbol type)
    {
        if (type.FindUnreachable() is not null)
            return false;
        foreach (var argument in type.IsUnboundGenericType ? [] : type.TypeArguments)
        {
            if (argument is not INamedTypeSymbol named || !IsReachable(named))
                return false;
        }

        return true;
    }
}
