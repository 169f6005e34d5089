using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Json;

/// <summary>
/// Describes how a type and everything it reaches is read and written, or says why it cannot be. Pure: the same symbols give equal results.
/// </summary>
internal sealed class JsonTypeModelBuilder
{
    /// <summary>Deeper than any real type; a generic type that contains ever larger versions of itself gets here.</summary>
    private const int MaxDepth = 64;

    private readonly Compilation _compilation;
    private readonly CancellationToken _cancellation;
    private readonly ISet<string>? _imports;
    private readonly Dictionary<ITypeSymbol, TypeRef> _known = new(SymbolEqualityComparer.Default);
    private readonly SortedDictionary<string, JsonTypeModel> _models = new(StringComparer.Ordinal);
    private int _depth;

    private JsonTypeModelBuilder(Compilation compilation, ISet<string>? imports, CancellationToken cancellation)
    {
        _compilation = compilation;
        _cancellation = cancellation;
        _imports = imports;
    }

    /// <summary>Describes <paramref name="type"/>. The nullability of references is ignored.</summary>
    /// <param name="type">The type.</param>
    /// <param name="compilation">Where generated code will use it.</param>
    /// <param name="cancellation">Ends the work.</param>
    /// <param name="imports">Takes the name of each type of a reference that was met (<see cref="ImportedNames"/>), when it is not this project's code that names them.</param>
    public static JsonTypeResult Build(ITypeSymbol type, Compilation compilation, CancellationToken cancellation, ISet<string>? imports = null)
    {
        var builder = new JsonTypeModelBuilder(compilation, imports, cancellation);
        try
        {
            var result = builder.Describe(type, TypeNames.Display(type));
            return new JsonTypeResult(result, new List<JsonTypeModel>(builder._models.Values).ToEquatableArray(), null);
        }
        catch (UnsupportedTypeException exception)
        {
            return new JsonTypeResult(null, [], exception.Unsupported);
        }
    }

    internal Compilation Compilation => _compilation;

    internal static Exception Unsupported(string path, ITypeSymbol type, string reason) =>
        new UnsupportedTypeException(new UnsupportedType(path, TypeNames.Display(type), reason));

    /// <param name="type">The type.</param>
    /// <param name="path">Where it was met.</param>
    /// <param name="enumForm">The form that the member of this type asks for.</param>
    internal TypeRef Describe(ITypeSymbol type, string path, JsonAttributes.EnumForm? enumForm = null)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (type is INamedTypeSymbol { OriginalDefinition.SpecialType: SpecialType.System_Nullable_T } nullable)
            return Describe(nullable.TypeArguments[0], path, enumForm).ToNullable();
        if (enumForm is not null && type.TypeKind is not TypeKind.Enum)
            throw Unsupported(path, type, "An enum converter fits enums only. Remove the attribute, or put it on the enum.");
        if (ScalarTypes.Find(type) is { } scalar)
            return scalar;
        if (_known.TryGetValue(type, out var found))
            return found;
        CheckReachable(type, path);
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum)
            return Enum(@enum, path, enumForm);
        if (++_depth > MaxDepth)
            throw Unsupported(path, type, "It nests too deep. Break the chain of types.");
        var result = type switch
        {
            IArrayTypeSymbol { Rank: 1 } array => Collection(type, CollectionKind.Array, array.ElementType, path),
            IArrayTypeSymbol => throw Unsupported(path, type, "Arrays of several dimensions have no JSON form. Use an array of arrays."),
            INamedTypeSymbol named => Named(named, path),
            _ => throw Unsupported(path, type, "It has no JSON form. Use a record, a class or a base class library type."),
        };
        _depth--;
        return result;
    }

    private TypeRef Named(INamedTypeSymbol type, string path)
    {
        if (CollectionTypes.FindCollection(type) is { } collection)
            return Collection(type, collection, type.TypeArguments[0], path);
        if (CollectionTypes.FindDictionary(type) is { } dictionary)
            return Dictionary(type, dictionary, path);
        CheckObject(type, path);
        var reference = NewReference(type, JsonShape.Object);
        // Known before its members are looked at, so that a type may contain itself.
        _known.Add(type, reference);
        _models.Add(reference.ModelName!, ObjectTypes.Build(this, type, reference, path));
        return reference;
    }

    /// <summary>One enum can be met in both forms, so neither is the known one.</summary>
    private TypeRef Enum(INamedTypeSymbol type, string path, JsonAttributes.EnumForm? form)
    {
        var asText = (form ?? JsonAttributes.EnumConverter(type, path)) is JsonAttributes.EnumForm.Text;
        var reference = NewReference(type, asText ? JsonShape.Text : JsonShape.Integer, asText ? "AsText" : "");
        _models[reference.ModelName!] = new JsonEnumModel
        {
            ClassName = reference.ModelName!,
            TypeName = reference.TypeName,
            DisplayName = reference.DisplayName,
            Underlying = ScalarTypes.Find(type.EnumUnderlyingType!)!,
            Names = asText ? EnumTypes.Names(type, path) : null,
            UseWarnings = UseWarnings.Of(type),
        };
        return reference;
    }

    /// <summary>A key travels by its name, whatever form its type asks for as a value.</summary>
    private string KeyNames(INamedTypeSymbol type, string path)
    {
        CheckReachable(type, path);
        JsonAttributes.EnumConverter(type, path);
        return Enum(type, path, JsonAttributes.EnumForm.Text).ModelName!;
    }

    private TypeRef Collection(ITypeSymbol type, CollectionKind kind, ITypeSymbol element, string path)
    {
        var reference = NewReference(type, JsonShape.Array);
        _known.Add(type, reference);
        _models.Add(reference.ModelName!, new JsonCollectionModel
        {
            ClassName = reference.ModelName!,
            TypeName = reference.TypeName,
            DisplayName = reference.DisplayName,
            IsReferenceType = reference.IsReferenceType,
            Kind = kind,
            UseWarnings = UseWarnings.Of(type),
            Element = Describe(element, path + "[]"),
        });
        return reference;
    }

    private TypeRef Dictionary(INamedTypeSymbol type, DictionaryKind kind, string path)
    {
        var key = type.TypeArguments[0];
        var names = key is INamedTypeSymbol { TypeKind: TypeKind.Enum } @enum ? KeyNames(@enum, path) : null;
        if (names is null && !CollectionTypes.IsKey(key))
            throw Unsupported(path, type, $"The keys of a JSON object can be string, int, long, Guid or an enum, not {TypeNames.Display(key)}.");
        var reference = NewReference(type, JsonShape.Object);
        _known.Add(type, reference);
        _models.Add(reference.ModelName!, new JsonDictionaryModel
        {
            ClassName = reference.ModelName!,
            TypeName = reference.TypeName,
            DisplayName = reference.DisplayName,
            IsReferenceType = reference.IsReferenceType,
            Kind = kind,
            UseWarnings = UseWarnings.Of(type),
            KeyTypeName = TypeNames.Full(key),
            KeyModelName = names,
            Value = Describe(type.TypeArguments[1], path + "[]"),
        });
        return reference;
    }

    private TypeRef NewReference(ITypeSymbol type, JsonShape shape, string variant = "")
    {
        var name = TypeNames.ClassName(type, variant, _compilation.AssemblyName);
        return TypeRef.OfModel(name, TypeNames.Full(type), TypeNames.Display(type), shape, type.IsReferenceType);
    }

    private void CheckReachable(ITypeSymbol type, string path)
    {
        if (type is ITypeParameterSymbol)
            throw Unsupported(path, type, "It is an open type parameter. Use a closed type.");
        if (type.TypeKind is TypeKind.Error)
            throw Unsupported(path, type, "The compiler does not know it.");
        if (type.IsRefLikeType)
            throw Unsupported(path, type, "A ref struct cannot be stored. Use an ordinary type.");
        if (type.SpecialType is SpecialType.System_Object || type.TypeKind is TypeKind.Dynamic)
            throw Unsupported(path, type, "Nobody knows what it holds. Use JsonElement, or a type of its own.");
        for (var outer = type as INamedTypeSymbol; outer is not null; outer = outer.ContainingType)
        {
            if (outer.IsFileLocal)
                throw Unsupported(path, type, "Generated code cannot reach a file-local type. Remove the 'file' modifier.");
            if (outer.IsForbidden())
                throw Unsupported(path, type, "It is marked obsolete as an error, for generated code too. Let it warn only.");
        }

        if (!_compilation.IsSymbolAccessibleWithin(type, _compilation.Assembly))
            throw Unsupported(path, type, "Generated code cannot reach it. Make it and the types around it public or internal.");
        if (_imports is not null && type is INamedTypeSymbol named && !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly))
        {
            CheckImported(named, path);
            _imports.Add(ImportedNames.Of(named));
        }

        if (FindOnlyAlias(type) is { } alias)
            throw Unsupported(path, type, $"Generated code cannot reach it: its assembly is referenced as '{alias}' only. Add 'global' to the reference's Aliases.");
    }

    /// <summary>
    /// Of what others wrote nobody here can mend what keeps the compiler from naming and making it: a part whose assembly is not referenced, or that nobody may use any more.
    /// </summary>
    private static void CheckImported(INamedTypeSymbol type, string path)
    {
        var isUsable = !type.HasUnsupportedMetadata;
        for (var outer = type; outer is not null; outer = outer.ContainingType)
            isUsable &= !outer.IsForbidden();
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            isUsable &= ancestor.TypeKind is not TypeKind.Error;
            foreach (var member in ancestor.GetMembers())
                isUsable &= member is not IPropertySymbol || !member.IsForbidden();
        }

        foreach (var contract in type.AllInterfaces)
            isUsable &= contract.TypeKind is not TypeKind.Error;
        foreach (var constructor in type.InstanceConstructors)
        {
            isUsable &= !constructor.IsForbidden();
            foreach (var parameter in constructor.Parameters)
                isUsable &= parameter.Type.TypeKind is not TypeKind.Error;
        }

        if (!isUsable)
            throw Unsupported(path, type, "It cannot be used here. Refer to the assemblies that it needs, and use nothing that is obsolete as an error.");
    }

    /// <summary>The extern alias without which nobody can name the type.</summary>
    private string? FindOnlyAlias(ITypeSymbol type) =>
        type.ContainingAssembly is { } assembly
        && !SymbolEqualityComparer.Default.Equals(assembly, _compilation.Assembly)
        && _compilation.GetMetadataReference(assembly) is { Properties.Aliases: { IsEmpty: false } aliases }
        && !aliases.Contains(MetadataReferenceProperties.GlobalAlias)
            ? aliases[0]
            : null;

    private void CheckObject(INamedTypeSymbol type, string path)
    {
        if (type.IsTupleType)
            throw Unsupported(path, type, "A tuple has no member names in JSON. Use a record.");
        if (CollectionTypes.IsEnumerable(type))
        {
            throw Unsupported(
                path, type, "This collection is not supported. Use an array, List<T>, HashSet<T>, Dictionary<TKey, TValue>, their interfaces or the immutable ones.");
        }

        // The project itself may have such a namespace.
        if (ScalarTypes.FullName(type).StartsWith("System.", StringComparison.Ordinal) && !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, _compilation.Assembly))
            throw Unsupported(path, type, "This type of the base class library has no JSON form here. Use a record with the members you need, or JsonElement.");
        if (type.TypeKind is TypeKind.Interface || type.IsAbstract)
            throw Unsupported(path, type, "It cannot be created. Use a concrete type.");
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct))
            throw Unsupported(path, type, "It has no JSON form. Use a record, a class or a struct.");
        JsonAttributes.CheckType(type, path);
    }

    private sealed class UnsupportedTypeException(UnsupportedType unsupported) : Exception(unsupported.Reason)
    {
        public UnsupportedType Unsupported { get; } = unsupported;
    }
}
