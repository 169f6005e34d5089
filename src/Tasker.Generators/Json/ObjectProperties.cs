using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Json;

/// <summary>A property that may be part of the JSON.</summary>
internal sealed record ObjectProperty(IPropertySymbol Symbol, string JsonName, JsonAttributes.Ignore? Ignore, bool IsHidden)
{
    public bool IsIgnored => Ignore is JsonAttributes.Ignore.Always;
}

/// <summary>Finds the properties of a type as System.Text.Json's reflection does: those of the most derived type first, hidden ones left out.</summary>
internal static class ObjectProperties
{
    public static List<ObjectProperty> Collect(INamedTypeSymbol type, string path)
    {
        var properties = new List<ObjectProperty>();
        var ignored = new Dictionary<string, IPropertySymbol>(StringComparer.Ordinal);
        var seenNames = new HashSet<string>(StringComparer.Ordinal);
        for (var current = type; current is { SpecialType: not (SpecialType.System_Object or SpecialType.System_ValueType) }; current = current.BaseType)
        {
            var members = current.GetMembers();
            foreach (var member in members)
            {
                if (member is IFieldSymbol && JsonAttributes.Has(member, "JsonIncludeAttribute"))
                    throw JsonTypeModelBuilder.Unsupported($"{path}.{member.Name}", type, "Fields are not part of the JSON. Use a public property.");
                if (member is IPropertySymbol { IsStatic: false, IsIndexer: false } property && IsCandidate(property, type, path) && !IsOverrideOfIgnored(property, ignored))
                    Add(properties, ignored, Describe(property, seenNames), type, path);
            }

            foreach (var member in members)
                seenNames.Add(member.Name);
        }

        return InOrder(properties);
    }

    private static ObjectProperty Describe(IPropertySymbol property, HashSet<string> seenNames) => new(
        property,
        JsonAttributes.PropertyName(property) ?? SnakeCase.Convert(property.Name),
        JsonAttributes.IgnoreCondition(property),
        seenNames.Contains(property.Name));

    private static bool IsCandidate(IPropertySymbol property, INamedTypeSymbol type, string path)
    {
        var isPublic = IsPublic(property.GetMethod) || IsPublic(property.SetMethod);
        if (JsonAttributes.Has(property, "JsonIncludeAttribute")
            && !((property.GetMethod is null || IsPublic(property.GetMethod)) && (property.SetMethod is null || IsPublic(property.SetMethod))))
        {
            throw JsonTypeModelBuilder.Unsupported(
                $"{path}.{property.Name}", type, "[JsonInclude] cannot make a non-public accessor part of the JSON here. Make the property and its accessors public.");
        }

        return isPublic;
    }

    private static bool IsPublic(IMethodSymbol? accessor) => accessor is { DeclaredAccessibility: Accessibility.Public };

    private static bool IsVirtual(IPropertySymbol property) => property.IsVirtual || property.IsOverride || property.IsAbstract;

    private static bool IsOverrideOfIgnored(IPropertySymbol property, Dictionary<string, IPropertySymbol> ignored) =>
        IsVirtual(property)
        && ignored.TryGetValue(property.Name, out var other)
        && IsVirtual(other)
        && SymbolEqualityComparer.Default.Equals(property.Type, other.Type);

    private static void Add(
        List<ObjectProperty> properties, Dictionary<string, IPropertySymbol> ignored, ObjectProperty property, INamedTypeSymbol type, string path)
    {
        CheckName(property, type, path);
        var index = properties.FindIndex(other => other.JsonName == property.JsonName);
        if (index < 0)
        {
            properties.Add(property);
        }
        else if (properties[index].IsIgnored)
        {
            properties[index] = property;
        }
        else if (!property.IsIgnored
            && properties[index].Symbol.Name != property.Symbol.Name
            && !ignored.ContainsKey(property.Symbol.Name))
        {
            throw JsonTypeModelBuilder.Unsupported(
                $"{path}.{property.Symbol.Name}", type, $"Another property has the JSON name '{property.JsonName}' too. Give one of them a [JsonPropertyName].");
        }

        if (property.IsIgnored)
            ignored[property.Symbol.Name] = property.Symbol;
    }

    private static void CheckName(ObjectProperty property, INamedTypeSymbol type, string path)
    {
        var name = property.JsonName;
        for (var i = 0; i < name.Length; i++)
        {
            if (char.IsSurrogatePair(name, i))
                i++;
            else if (char.IsSurrogate(name[i]))
                throw JsonTypeModelBuilder.Unsupported($"{path}.{property.Symbol.Name}", type, "Its JSON name is not valid Unicode. Change the name.");
        }
    }

    private static List<ObjectProperty> InOrder(List<ObjectProperty> properties)
    {
        var sorted = new List<ObjectProperty>(properties.Count);
        foreach (var property in properties)
        {
            var order = JsonAttributes.PropertyOrder(property.Symbol);
            var at = sorted.Count;
            while (at > 0 && JsonAttributes.PropertyOrder(sorted[at - 1].Symbol) > order)
                at--;
            sorted.Insert(at, property);
        }

        return sorted;
    }
}
