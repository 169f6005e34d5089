using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Writes values as C# source.</summary>
internal static class CSharpLiteral
{
    /// <summary>The default value of an optional parameter, as an expression of the parameter's type.</summary>
    public static string OfDefault(IParameterSymbol parameter) =>
        parameter is { HasExplicitDefaultValue: true, ExplicitDefaultValue: { } value } ? Of(parameter.Type, value) : "default";

    private static string Of(ITypeSymbol type, object value)
    {
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            type = nullable.TypeArguments[0];
        var text = value switch
        {
            string s => Identifiers.Literal(s),
            char c => SymbolDisplay.FormatLiteral(c, quote: true),
            bool b => b ? "true" : "false",
            float.NaN => "float.NaN",
            float.PositiveInfinity => "float.PositiveInfinity",
            float.NegativeInfinity => "float.NegativeInfinity",
            double.NaN => "double.NaN",
            double.PositiveInfinity => "double.PositiveInfinity",
            double.NegativeInfinity => "double.NegativeInfinity",
            float f => f.ToString("R", CultureInfo.InvariantCulture) + "F",
            double d => d.ToString("R", CultureInfo.InvariantCulture) + "D",
            decimal m => m.ToString(CultureInfo.InvariantCulture) + "M",
            ulong n => n.ToString(CultureInfo.InvariantCulture) + "UL",
            // The literal of the smallest long cannot be written as a negated number with a suffix.
            long.MinValue => "long.MinValue",
            long n => n.ToString(CultureInfo.InvariantCulture) + "L",
            uint n => n.ToString(CultureInfo.InvariantCulture) + "U",
            IFormattable n => n.ToString(null, CultureInfo.InvariantCulture),
            _ => "default",
        };
        return type.TypeKind is TypeKind.Enum
            ? $"({type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat)})({text})"
            : text;
    }
}
