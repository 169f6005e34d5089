using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Json;

/// <summary>The collections that have a JSON form.</summary>
internal static class CollectionTypes
{
    private const string Generic = "System.Collections.Generic.";
    private const string Immutable = "System.Collections.Immutable.";

    private static readonly Dictionary<string, CollectionKind> Collections = new(StringComparer.Ordinal)
    {
        [Generic + "List"] = CollectionKind.List,
        [Generic + "IList"] = CollectionKind.List,
        [Generic + "ICollection"] = CollectionKind.List,
        [Generic + "IEnumerable"] = CollectionKind.List,
        [Generic + "IReadOnlyList"] = CollectionKind.List,
        [Generic + "IReadOnlyCollection"] = CollectionKind.List,
        [Generic + "HashSet"] = CollectionKind.HashSet,
        [Generic + "ISet"] = CollectionKind.HashSet,
        [Generic + "IReadOnlySet"] = CollectionKind.HashSet,
        [Immutable + "ImmutableArray"] = CollectionKind.ImmutableArray,
        [Immutable + "ImmutableList"] = CollectionKind.ImmutableList,
        [Immutable + "IImmutableList"] = CollectionKind.ImmutableList,
        [Immutable + "ImmutableHashSet"] = CollectionKind.ImmutableHashSet,
        [Immutable + "IImmutableSet"] = CollectionKind.ImmutableHashSet,
    };

    private static readonly Dictionary<string, DictionaryKind> Dictionaries = new(StringComparer.Ordinal)
    {
        [Generic + "Dictionary"] = DictionaryKind.Dictionary,
        [Generic + "IDictionary"] = DictionaryKind.Dictionary,
        [Generic + "IReadOnlyDictionary"] = DictionaryKind.Dictionary,
        [Generic + "SortedDictionary"] = DictionaryKind.SortedDictionary,
        [Immutable + "ImmutableDictionary"] = DictionaryKind.ImmutableDictionary,
        [Immutable + "IImmutableDictionary"] = DictionaryKind.ImmutableDictionary,
    };

    public static CollectionKind? FindCollection(INamedTypeSymbol type) =>
        type is { Arity: 1, ContainingType: null } && Collections.TryGetValue(ScalarTypes.FullName(type), out var kind) ? kind : null;

    public static DictionaryKind? FindDictionary(INamedTypeSymbol type) =>
        type is { Arity: 2, ContainingType: null } && Dictionaries.TryGetValue(ScalarTypes.FullName(type), out var kind) ? kind : null;

    /// <summary>Whether values can be the names of members; enums aside, which need a serializer for it.</summary>
    public static bool IsKey(ITypeSymbol type) =>
        type.SpecialType is SpecialType.System_String or SpecialType.System_Int32 or SpecialType.System_Int64
        || (type is INamedTypeSymbol { Name: "Guid", ContainingType: null } named && ScalarTypes.FullName(named) == "System.Guid");

    /// <summary>Whether System.Text.Json would take the type for a collection.</summary>
    public static bool IsEnumerable(INamedTypeSymbol type)
    {
        if (type.SpecialType is SpecialType.System_Collections_IEnumerable)
            return true;
        foreach (var implemented in type.AllInterfaces)
        {
            if (implemented.SpecialType is SpecialType.System_Collections_IEnumerable
                || implemented is { Name: "IAsyncEnumerable", Arity: 1 })
            {
                return true;
            }
        }

        return false;
    }
}
