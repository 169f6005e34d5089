using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Describes enums that travel as text.</summary>
internal static class EnumTypes
{
    public static JsonEnumNames Names(INamedTypeSymbol type, string path)
    {
        var names = new List<JsonEnumName>();
        foreach (var member in type.GetMembers())
        {
            if (member is not IFieldSymbol { HasConstantValue: true } field)
                continue;
            var given = JsonAttributes.EnumMemberName(field);
            var name = given ?? field.Name;
            if (name.Length == 0 || name.Trim() != name || (IsFlags(type) && name.IndexOf(',') >= 0))
                throw JsonTypeModelBuilder.Unsupported(path, type, $"The name '{name}' of one of its values cannot be told from others in JSON. Change the name.");
            InsertByValue(names, new JsonEnumName(name, ToBits(field.ConstantValue!), given is not null));
        }

        var (min, max) = type.EnumUnderlyingType!.SpecialType switch
        {
            SpecialType.System_SByte => ("sbyte.MinValue", "(ulong)sbyte.MaxValue"),
            SpecialType.System_Byte => ("0", "byte.MaxValue"),
            SpecialType.System_Int16 => ("short.MinValue", "(ulong)short.MaxValue"),
            SpecialType.System_UInt16 => ("0", "ushort.MaxValue"),
            SpecialType.System_UInt32 => ("0", "uint.MaxValue"),
            SpecialType.System_Int64 => ("long.MinValue", "long.MaxValue"),
            SpecialType.System_UInt64 => ("0", "ulong.MaxValue"),
            _ => ("int.MinValue", "int.MaxValue"),
        };
        return new JsonEnumNames(IsFlags(type), min, max, names.ToEquatableArray());
    }

    private static bool IsFlags(INamedTypeSymbol type)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "FlagsAttribute" } found && ScalarTypes.FullName(found) == "System.FlagsAttribute")
                return true;
        }

        return false;
    }

    /// <summary>Names of equal value keep the order of their declaration.</summary>
    private static void InsertByValue(List<JsonEnumName> names, JsonEnumName name)
    {
        var at = names.Count;
        while (at > 0 && names[at - 1].Value > name.Value)
            at--;
        names.Insert(at, name);
    }

    private static ulong ToBits(object value) => value switch
    {
        ulong bits => bits,
        _ => unchecked((ulong)Convert.ToInt64(value, System.Globalization.CultureInfo.InvariantCulture)),
    };
}
