using Microsoft.CodeAnalysis;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>Reads types that cross a step boundary.</summary>
internal sealed class ValueReader
{
    public ValueModel? Read(ITypeSymbol type, out string? reason)
    {
        reason = null;
        var codec = type.SpecialType switch
        {
            SpecialType.System_String => "String",
            SpecialType.System_Boolean => "Boolean",
            SpecialType.System_Int32 => "Int32",
            SpecialType.System_Int64 => "Int64",
            SpecialType.System_Decimal => "Decimal",
            SpecialType.System_Double => "Double",
            _ => type.Is("System.Text.Json.JsonElement") ? "Element" : null,
        };
        if (codec is not null)
            return new ValueModel(type.ToSource(), "global::Tasker.Json.JsonCodecs." + codec, false, codec == "Element", type.IsReferenceType, type.IsReferenceType, true, []);
        reason = $"'{type.ToDisplayString(SymbolExtensions.Message)}' is not supported";
        return null;
    }
}
