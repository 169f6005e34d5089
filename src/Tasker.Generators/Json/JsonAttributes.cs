using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Json;

/// <summary>What the attributes of System.Text.Json say about types and members.</summary>
internal static class JsonAttributes
{
    public enum EnumForm
    {
        Number,
        Text,
    }

    /// <summary>The values of <c>JsonIgnoreCondition</c>.</summary>
    public enum Ignore
    {
        Never = 0,
        Always = 1,
        WhenWritingDefault = 2,
        WhenWritingNull = 3,
        WhenWriting = 4,
        WhenReading = 5,
    }

    public static bool Has(ISymbol symbol, string name) => Find(symbol, name) is not null;

    public static string? PropertyName(ISymbol symbol) => FirstString(Find(symbol, "JsonPropertyNameAttribute"));

    public static string? EnumMemberName(ISymbol symbol) => FirstString(Find(symbol, "JsonStringEnumMemberNameAttribute"));

    public static int PropertyOrder(ISymbol symbol) =>
        Find(symbol, "JsonPropertyOrderAttribute") is { ConstructorArguments: [{ Value: int order }] } ? order : 0;

    public static Ignore? IgnoreCondition(ISymbol symbol)
    {
        if (Find(symbol, "JsonIgnoreAttribute") is not { } attribute)
            return null;
        foreach (var argument in attribute.NamedArguments)
        {
            if (argument is { Key: "Condition", Value.Value: int condition })
                return (Ignore)condition;
        }

        return Ignore.Always;
    }

    /// <summary>The form that a <c>[JsonConverter]</c> on an enum, or on a member of an enum type, asks for.</summary>
    public static EnumForm? EnumConverter(ISymbol symbol, string path)
    {
        if (Find(symbol, "JsonConverterAttribute") is not { } attribute)
            return null;
        if (attribute.ConstructorArguments is [{ Value: INamedTypeSymbol converter }])
        {
            switch (ScalarTypes.FullName(converter))
            {
                case "System.Text.Json.Serialization.JsonStringEnumConverter":
                    return EnumForm.Text;
                case "System.Text.Json.Serialization.JsonNumberEnumConverter":
                    return EnumForm.Number;
            }
        }

        var type = symbol as ITypeSymbol ?? (symbol as IPropertySymbol)?.Type;
        throw JsonTypeModelBuilder.Unsupported(
            path, type!, "Converters other than JsonStringEnumConverter are not supported. Remove [JsonConverter], or use a type that needs none.");
    }

    public static void CheckType(INamedTypeSymbol type, string path)
    {
        foreach (var attribute in type.GetAttributes())
        {
            if (IsOfSystemTextJson(attribute.AttributeClass) && attribute.AttributeClass!.Name is
                "JsonConverterAttribute" or "JsonPolymorphicAttribute" or "JsonDerivedTypeAttribute" or "JsonNumberHandlingAttribute"
                or "JsonUnmappedMemberHandlingAttribute" or "JsonObjectCreationHandlingAttribute")
            {
                throw NotSupported(path, type, attribute.AttributeClass.Name);
            }
        }

        foreach (var implemented in type.AllInterfaces)
        {
            if (IsOfSystemTextJson(implemented) && implemented.Name is "IJsonOnSerializing" or "IJsonOnSerialized" or "IJsonOnDeserializing" or "IJsonOnDeserialized")
                throw JsonTypeModelBuilder.Unsupported(path, type, $"{implemented.Name} is not supported. Do the work in the handler.");
        }
    }

    public static void CheckProperty(IPropertySymbol property, string path)
    {
        foreach (var attribute in property.GetAttributes())
        {
            if (IsOfSystemTextJson(attribute.AttributeClass) && attribute.AttributeClass!.Name is
                "JsonNumberHandlingAttribute" or "JsonExtensionDataAttribute" or "JsonObjectCreationHandlingAttribute")
            {
                throw NotSupported(path, property.Type, attribute.AttributeClass.Name);
            }
        }
    }

    private static Exception NotSupported(string path, ITypeSymbol type, string attribute) =>
        JsonTypeModelBuilder.Unsupported(path, type, $"[{attribute.Substring(0, attribute.Length - "Attribute".Length)}] is not supported. Remove it.");

    private static AttributeData? Find(ISymbol symbol, string name)
    {
        foreach (var attribute in symbol.GetAttributes())
        {
            if (attribute.AttributeClass?.Name == name && IsOfSystemTextJson(attribute.AttributeClass))
                return attribute;
        }

        return null;
    }

    private static bool IsOfSystemTextJson(INamedTypeSymbol? type) => type is
    {
        ContainingType: null,
        ContainingNamespace:
        {
            Name: "Serialization",
            ContainingNamespace: { Name: "Json", ContainingNamespace: { Name: "Text", ContainingNamespace: { Name: "System", ContainingNamespace.IsGlobalNamespace: true } } },
        },
    };

    private static string? FirstString(AttributeData? attribute) => attribute is { ConstructorArguments: [{ Value: string text }] } ? text : null;
}
