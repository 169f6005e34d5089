using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Json;

/// <summary>Describes records, classes and structs with the rules of System.Text.Json: which members, in which order, through which constructor.</summary>
internal static class ObjectTypes
{
    public static JsonObjectModel Build(JsonTypeModelBuilder builder, INamedTypeSymbol type, TypeRef reference, string path)
    {
        var properties = ObjectProperties.Collect(type, path);
        var constructor = ObjectConstructor.Find(builder, type, path);
        var initializes = constructor is not null && !SetsRequiredMembers(constructor);
        if (constructor is null || initializes)
            CheckRequiredMembers(type, properties, path);

        var parameters = new List<JsonParameter>();
        var parameterOf = ObjectConstructor.Bind(constructor, properties, type, path);
        if (constructor is not null)
        {
            foreach (var parameter in constructor.Parameters)
            {
                parameters.Add(new JsonParameter(
                    parameter.Name,
                    TypeNames.Full(parameter.Type),
                    parameter.HasExplicitDefaultValue ? ConstantExpression.OfDefault(parameter) : "default",
                    parameter.HasExplicitDefaultValue));
            }
        }

        var members = new List<JsonMember>();
        foreach (var property in properties)
        {
            if (property.IsIgnored)
                continue;
            var parameter = parameterOf.TryGetValue(property, out var index) ? index : -1;
            members.Add(Member(builder, type, property, parameter, constructor, initializes, $"{path}.{property.Symbol.Name}"));
        }

        return new JsonObjectModel
        {
            ClassName = reference.ModelName!,
            TypeName = reference.TypeName,
            DisplayName = reference.DisplayName,
            IsReferenceType = reference.IsReferenceType,
            Members = members.ToEquatableArray(),
            CallsConstructor = constructor is not null,
            Parameters = parameters.ToEquatableArray(),
            UseWarnings = WarningsOf(type, properties, constructor),
        };
    }

    private static EquatableArray<string> WarningsOf(INamedTypeSymbol type, List<ObjectProperty> properties, IMethodSymbol? constructor)
    {
        var symbols = new List<ISymbol> { type };
        foreach (var property in properties)
        {
            symbols.Add(property.Symbol);
            symbols.Add(property.Symbol.Type);
        }

        var ofMembers = UseWarnings.Of([.. symbols]);
        return constructor is null ? ofMembers : UseWarnings.Union(ofMembers, UseWarnings.OfCall(constructor));
    }

    private static JsonMember Member(
        JsonTypeModelBuilder builder, INamedTypeSymbol type, ObjectProperty property, int parameter, IMethodSymbol? constructor, bool initializes, string path)
    {
        var symbol = property.Symbol;
        JsonAttributes.CheckProperty(symbol, path);
        if (symbol.IsForbidden() || symbol.GetMethod?.IsForbidden() is true || symbol.SetMethod?.IsForbidden() is true)
            throw JsonTypeModelBuilder.Unsupported(path, symbol.Type, "The property is marked obsolete as an error. Let it warn only, or add [JsonIgnore].");
        if (symbol.RefKind is not RefKind.None)
            throw JsonTypeModelBuilder.Unsupported(path, symbol.Type, "A property that returns a reference is not supported. Return the value.");
        var reference = builder.Describe(symbol.Type, path, JsonAttributes.EnumConverter(symbol, path));
        var ignore = property.Ignore;
        if (ignore is JsonAttributes.Ignore.WhenWritingNull && !reference.CanBeNull)
            throw JsonTypeModelBuilder.Unsupported(path, symbol.Type, "WhenWritingNull needs a type that can be null. Use WhenWritingDefault.");

        // A constructor takes what is not set, too.
        var isSettable = ignore is not JsonAttributes.Ignore.WhenReading && !IsWriteOnlyCollection(property, reference);
        var setter = isSettable ? Setter(symbol, parameter, initializes) : MemberSetter.None;
        var setsRequired = constructor is not null && !initializes;
        var isRequired = (symbol.IsRequired && !setsRequired) || JsonAttributes.Has(symbol, "JsonRequiredAttribute");
        if (isRequired && setter is MemberSetter.None && (parameter < 0 || !isSettable))
            throw JsonTypeModelBuilder.Unsupported(path, symbol.Type, "It is required, but nothing can set it. Give it a public getter and setter.");

        return new JsonMember
        {
            PropertyName = symbol.Name,
            JsonName = property.JsonName,
            Type = reference,
            AllowsNull = reference.Underlying is not null || (reference.IsReferenceType && symbol.NullableAnnotation is not NullableAnnotation.NotAnnotated),
            IsRequired = isRequired,
            IsWritten = symbol.GetMethod is { DeclaredAccessibility: Accessibility.Public } && ignore is not JsonAttributes.Ignore.WhenWriting,
            WrittenWhen = ignore switch
            {
                JsonAttributes.Ignore.WhenWritingNull => MemberCondition.NotNull,
                JsonAttributes.Ignore.WhenWritingDefault => reference.CanBeNull ? MemberCondition.NotNull : MemberCondition.NotDefault,
                _ => MemberCondition.Always,
            },
            Setter = setter,
            ParameterIndex = parameter,
            HiddenIn = property.IsHidden ? TypeNames.Full(symbol.ContainingType) : null,
            Accessor = setter is MemberSetter.Accessor ? Accessor(symbol) : null,
        };
    }

    /// <summary>System.Text.Json sets no collection that it cannot get, unless an attribute says when to leave it out.</summary>
    private static bool IsWriteOnlyCollection(ObjectProperty property, TypeRef reference) =>
        property is { Ignore: null, Symbol.GetMethod: not { DeclaredAccessibility: Accessibility.Public } }
        && (reference.Shape is JsonShape.Array || (property.Symbol.Type is INamedTypeSymbol type && CollectionTypes.FindDictionary(type) is not null));

    private static MemberSetter Setter(IPropertySymbol property, int parameter, bool initializes)
    {
        if (property.IsRequired && initializes)
            return MemberSetter.Initializer;
        if (parameter >= 0 || property.SetMethod is not { DeclaredAccessibility: Accessibility.Public } method)
            return MemberSetter.None;
        return method.IsInitOnly ? MemberSetter.Accessor : MemberSetter.Assignment;
    }

    private static SetAccessor Accessor(IPropertySymbol property)
    {
        var definition = property.OriginalDefinition;
        var parameters = new List<string>();
        var arguments = new List<string>();
        var constraints = new List<string>();
        for (var outer = property.ContainingType; outer is not null; outer = outer.ContainingType)
        {
            for (var i = outer.Arity - 1; i >= 0; i--)
            {
                var parameter = outer.OriginalDefinition.TypeParameters[i];
                parameters.Insert(0, parameter.Name);
                arguments.Insert(0, TypeNames.Full(outer.TypeArguments[i]));
                if (TypeConstraints.Of(parameter) is { } constraint)
                    constraints.Insert(0, constraint);
            }
        }

        return new SetAccessor(
            TypeNames.Full(definition.ContainingType),
            TypeNames.Full(definition.Type),
            definition.ContainingType.IsValueType,
            parameters.Count == 0 ? "" : $"<{string.Join(", ", parameters)}>",
            string.Join(" ", constraints),
            arguments.Count == 0 ? "" : $"<{string.Join(", ", arguments)}>");
    }

    private static bool SetsRequiredMembers(IMethodSymbol constructor)
    {
        foreach (var attribute in constructor.GetAttributes())
        {
            if (attribute.AttributeClass is { Name: "SetsRequiredMembersAttribute" } found
                && ScalarTypes.FullName(found) == "System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute")
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A member that C# demands but JSON does not have could never be set.</summary>
    private static void CheckRequiredMembers(INamedTypeSymbol type, List<ObjectProperty> properties, string path)
    {
        for (var current = type; current is not null; current = current.BaseType)
        {
            foreach (var member in current.GetMembers())
            {
                var isMissing = member switch
                {
                    IFieldSymbol { IsRequired: true } => true,
                    IPropertySymbol { IsRequired: true, IsOverride: false } property =>
                        !properties.Exists(found => !found.IsIgnored && found.Symbol.Name == property.Name),
                    _ => false,
                };
                if (isMissing)
                {
                    throw JsonTypeModelBuilder.Unsupported(
                        $"{path}.{member.Name}", type, "It is required, but not part of the JSON. Make it a public property without [JsonIgnore], or not required.");
                }
            }
        }
    }
}
