using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>A type that needs a generated serializer. Comparable; holds no Roslyn type.</summary>
internal abstract record JsonTypeModel
{
    /// <summary>The namespace of all generated serializers: inside that of the types they use, so that these need no qualification.</summary>
    public const string Namespace = "Tasker.Json.Generated";

    /// <summary>The generated class: a readable name and a hash of the assembly and the full type name, so it depends on nothing but the type.</summary>
    public required string ClassName { get; init; }

    /// <summary>The type in generated code.</summary>
    public required string TypeName { get; init; }

    /// <summary>The type in messages.</summary>
    public required string DisplayName { get; init; }

    /// <summary>Whether values can be null.</summary>
    public bool IsReferenceType { get; init; }

    /// <summary>The warnings that naming the type and its parts gives (<see cref="UseWarnings"/>).</summary>
    public EquatableArray<string> UseWarnings { get; init; } = [];

    /// <summary>The <see cref="ClassName"/> of each serializer that this one calls.</summary>
    public abstract IEnumerable<string> Parts { get; }

    /// <summary>The serializers of these names and of all that they call, as far as they are known. Takes them out of <paramref name="known"/>.</summary>
    public static List<JsonTypeModel> Closure(IEnumerable<string> names, Dictionary<string, JsonTypeModel> known)
    {
        var types = new List<JsonTypeModel>();
        var pending = new Stack<string>(names);
        while (pending.Count > 0)
        {
            if (!known.TryGetValue(pending.Pop(), out var type))
                continue;
            known.Remove(type.ClassName);
            types.Add(type);
            foreach (var part in type.Parts)
                pending.Push(part);
        }

        return types;
    }
}

/// <summary>An enum.</summary>
internal sealed record JsonEnumModel : JsonTypeModel
{
    /// <summary>The underlying type.</summary>
    public required TypeRef Underlying { get; init; }

    /// <summary>The names, when values travel as text.</summary>
    public JsonEnumNames? Names { get; init; }

    public override IEnumerable<string> Parts => [];
}

/// <summary>The names of an enum that travels as text, ordered by value.</summary>
internal sealed record JsonEnumNames(bool IsFlags, string Min, string Max, EquatableArray<JsonEnumName> Items);

/// <summary>A name of an enum.</summary>
/// <param name="JsonName">The name in JSON.</param>
/// <param name="Value">Its value, sign-extended.</param>
/// <param name="IsExact">Whether it compares with case, because an attribute gave it.</param>
internal sealed record JsonEnumName(string JsonName, ulong Value, bool IsExact);

/// <summary>Which collection is created, and how.</summary>
internal enum CollectionKind
{
    Array,
    List,
    HashSet,
    ImmutableArray,
    ImmutableList,
    ImmutableHashSet,
}

/// <summary>A JSON array.</summary>
internal sealed record JsonCollectionModel : JsonTypeModel
{
    public required CollectionKind Kind { get; init; }

    public required TypeRef Element { get; init; }

    public override IEnumerable<string> Parts => Element.ModelName is { } name ? [name] : [];
}

/// <summary>Which dictionary is created, and how.</summary>
internal enum DictionaryKind
{
    Dictionary,
    SortedDictionary,
    ImmutableDictionary,
}

/// <summary>A JSON object with free member names.</summary>
internal sealed record JsonDictionaryModel : JsonTypeModel
{
    public required DictionaryKind Kind { get; init; }

    /// <summary>The type of the keys: string, int, long, Guid or an enum.</summary>
    public required string KeyTypeName { get; init; }

    /// <summary>The serializer with the names of the keys, when they are an enum's.</summary>
    public string? KeyModelName { get; init; }

    public required TypeRef Value { get; init; }

    public override IEnumerable<string> Parts
    {
        get
        {
            if (KeyModelName is not null)
                yield return KeyModelName;
            if (Value.ModelName is { } name)
                yield return name;
        }
    }
}

/// <summary>A JSON object with known members.</summary>
internal sealed record JsonObjectModel : JsonTypeModel
{
    /// <summary>The members in JSON order.</summary>
    public required EquatableArray<JsonMember> Members { get; init; }

    /// <summary>Whether reading calls a constructor; otherwise a struct begins as its default.</summary>
    public bool CallsConstructor { get; init; }

    /// <summary>The parameters of the constructor that reading calls.</summary>
    public EquatableArray<JsonParameter> Parameters { get; init; } = [];

    public override IEnumerable<string> Parts
    {
        get
        {
            for (var i = 0; i < Members.Count; i++)
            {
                if (Members[i].Type.ModelName is { } name)
                    yield return name;
            }
        }
    }

    /// <summary>Whether a task whose context is this object must have the member, and not as null: nobody wrote down what it is otherwise.</summary>
    public bool IsInput(JsonMember member) =>
        !member.AllowsNull && (member.IsRequired || (member.ParameterIndex >= 0 && !Parameters[member.ParameterIndex].HasDefault));
}

/// <summary>How a member that is no constructor parameter gets its value.</summary>
internal enum MemberSetter
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>By assignment.</summary>
    Assignment,

    /// <summary>In the object initializer, because C# demands it.</summary>
    Initializer,

    /// <summary>Through an accessor of its <c>init</c> method, so that a missing member keeps the value its type gave it.</summary>
    Accessor,
}

/// <summary>When a member is left out.</summary>
internal enum MemberCondition
{
    Always,
    NotNull,
    NotDefault,
}

/// <summary>A member of a JSON object.</summary>
internal sealed record JsonMember
{
    /// <summary>The property in C#.</summary>
    public required string PropertyName { get; init; }

    /// <summary>The member in JSON.</summary>
    public required string JsonName { get; init; }

    /// <summary>The property's type.</summary>
    public required TypeRef Type { get; init; }

    /// <summary>Whether the property's type says that null is a good value.</summary>
    public bool AllowsNull { get; init; }

    /// <summary>Whether the JSON must have the member.</summary>
    public bool IsRequired { get; init; }

    public bool IsWritten { get; init; }

    public MemberCondition WrittenWhen { get; init; }

    public MemberSetter Setter { get; init; }

    /// <summary>The position of the constructor parameter that takes the value, or -1.</summary>
    public int ParameterIndex { get; init; } = -1;

    /// <summary>The declaring type, when a more derived type hides the property.</summary>
    public string? HiddenIn { get; init; }

    public SetAccessor? Accessor { get; init; }

    public bool IsRead => ParameterIndex >= 0 || Setter is not MemberSetter.None;
}

/// <summary>What an unsafe accessor of an <c>init</c> method must spell out; type names are those of the declaring type's definition.</summary>
internal sealed record SetAccessor(string TargetType, string ValueType, bool IsStruct, string TypeParameters, string Constraints, string TypeArguments);

/// <summary>A constructor parameter.</summary>
/// <param name="Name">Its name, escaped.</param>
/// <param name="TypeName">Its type in generated code.</param>
/// <param name="DefaultValue">Its value when the JSON lacks the member.</param>
/// <param name="HasDefault">Whether the default is written in C#, so that the JSON may well lack the member.</param>
internal sealed record JsonParameter(string Name, string TypeName, string DefaultValue, bool HasDefault);

/// <summary>A type that cannot cross a step boundary.</summary>
/// <param name="Path">Where in the type that was asked for, such as <c>Order.Lines[].Price</c>.</param>
/// <param name="TypeName">The type in messages.</param>
/// <param name="Reason">Why, and the way out, as a sentence.</param>
internal sealed record UnsupportedType(string Path, string TypeName, string Reason);

/// <summary>What the builder found out about a type.</summary>
/// <param name="Type">How to use it; <see langword="null"/> when it is unsupported.</param>
/// <param name="Models">All types it reaches that need a generated serializer, ordered by class name.</param>
/// <param name="Unsupported">Why it is unsupported.</param>
internal sealed record JsonTypeResult(TypeRef? Type, EquatableArray<JsonTypeModel> Models, UnsupportedType? Unsupported);
