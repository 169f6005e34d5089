using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Json;

namespace Tasker.Generators.Infrastructure;

/// <summary>Writes constants so that they keep their type when they are passed as <c>object</c>.</summary>
internal static class ConstantExpression
{
    /// <summary>The default value of an optional parameter.</summary>
    public static string OfDefault(IParameterSymbol parameter) => Of(parameter.Type, parameter.ExplicitDefaultValue);

    /// <param name="type">The constant's type.</param>
    /// <param name="value">A constant as the compiler gives it; of an enum the number.</param>
    public static string Of(ITypeSymbol type, object? value)
    {
        if (value is null)
            return type.IsReferenceType ? "null" : "default";
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        if (type.TypeKind is TypeKind.Enum)
            return $"({Name(type)})({Convert.ToString(value, CultureInfo.InvariantCulture)})";
        return value switch
        {
            string text => Identifiers.Literal(text),
            int number => number.ToString(CultureInfo.InvariantCulture),
            bool boolean => boolean ? "true" : "false",
            char character => SymbolDisplay.FormatLiteral(character, quote: true),
            double.NaN => "double.NaN",
            double.PositiveInfinity => "double.PositiveInfinity",
            double.NegativeInfinity => "double.NegativeInfinity",
            double number => number.ToString("R", CultureInfo.InvariantCulture) + "D",
            float.NaN => "float.NaN",
            float.PositiveInfinity => "float.PositiveInfinity",
            float.NegativeInfinity => "float.NegativeInfinity",
            float number => number.ToString("R", CultureInfo.InvariantCulture) + "F",
            decimal number => number.ToString(CultureInfo.InvariantCulture) + "M",
            DateTime time => $"new {Name(type)}({time.Ticks.ToString(CultureInfo.InvariantCulture)}L)",
            _ => $"({Name(type)})({Convert.ToString(value, CultureInfo.InvariantCulture)})",
        };
    }

    private static string Name(ITypeSymbol type) => TypeNames.Full(type);
}
