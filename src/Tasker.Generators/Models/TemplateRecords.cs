using System.Globalization;
using System.Linq;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;

namespace Tasker.Generators.Models;

/// <summary>A record in a template's class.</summary>
/// <param name="Name">Its name in the class.</param>
/// <param name="Summary">What it is.</param>
/// <param name="IsPublic">Whether other assemblies can see all of its members' types.</param>
/// <param name="Type">How generated code reads and writes it.</param>
/// <param name="Members">Its members.</param>
internal sealed record TemplateRecord(string Name, string Summary, bool IsPublic, TypeRef Type, IReadOnlyList<TemplateRecordMember> Members);

/// <summary>A member of such a record.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Model">The member of the schema or of the context.</param>
/// <param name="Type">Its type.</param>
internal sealed record TemplateRecordMember(string Name, InputModel Model, TypeRef Type);

/// <summary>
/// The records that a template's <c>input_schema</c>, or else what its handlers read of the context, and the <c>result_schema</c> of its steps become. There is
/// no symbol for them, so their serializers are described by hand.
/// </summary>
internal sealed class TemplateRecords
{
    private static readonly string[] RecordMembers =
        ["Clone", "Deconstruct", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString"];

    private readonly TemplateSource _source;
    private readonly HashSet<string> _names;
    private readonly List<TemplateRecord> _records = [];
    private readonly SortedDictionary<string, JsonTypeModel> _serializers = new(StringComparer.Ordinal);
    private readonly TypeRef?[] _results;

    private TemplateRecords(TemplateSource source)
    {
        _source = source;
        _names = new HashSet<string>(TemplateNames.Members, StringComparer.Ordinal) { source.ClassName };
        if (source.Inputs is { IsEmpty: false } inputs)
        {
            Add("Inputs", $"The task's context, as {(source.Template.Inputs.IsEmpty ? "its handlers read" : "the template's input_schema declares")} it.", inputs);
            Inputs = _records[0];
        }

        _results = new TypeRef?[source.Template.Steps.Count];
        for (var i = 0; i < _results.Length; i++)
        {
            var step = source.Template.Steps[i];
            if (!source.Results[i].IsKnown && step.Type != "BatchWorker" && !step.Results.IsEmpty)
                _results[i] = Add(Unique(Identifiers.ToPascalCase(step.Name) + "Result"), $"The result of the step {step.Name}, as its result_schema declares it.", step.Results);
        }
    }

    public static TemplateRecords Of(TemplateSource source) => new(source);

    /// <summary>The record of the task's context, if there is one.</summary>
    public TemplateRecord? Inputs { get; }

    /// <summary>All records, each before those of its members.</summary>
    public IReadOnlyList<TemplateRecord> All => _records;

    /// <summary>The serializers of the records and of their arrays.</summary>
    public IEnumerable<JsonTypeModel> Serializers => _serializers.Values;

    /// <summary>The record of a step's result, if there is one.</summary>
    public TypeRef? ResultOf(int step) => _results[step];

    private TypeRef Add(string name, string summary, EquatableArray<InputModel> inputs)
    {
        var type = Reference(name);
        var place = _records.Count;
        var members = new List<TemplateRecordMember>();
        var taken = new HashSet<string>(RecordMembers, StringComparer.Ordinal) { name };
        // A parameter without a default value cannot follow one that has it.
        foreach (var input in inputs.OrderByDescending(static input => input.IsRequired))
        {
            var member = Identifiers.ToPascalCase(input.JsonName);
            for (var suffix = 2; !taken.Add(member); suffix++)
                member = Identifiers.ToPascalCase(input.JsonName) + suffix.ToString(CultureInfo.InvariantCulture);
            members.Add(new TemplateRecordMember(member, input, TypeOf(input, name + member)));
        }

        var isPublic = inputs.All(static input => input.Value is not { IsPublic: false });
        _records.Insert(place, new TemplateRecord(name, summary, isPublic, type, members));
        _serializers[type.ModelName!] = Describe(type, members);
        return type;
    }

    private string Unique(string name)
    {
        var unique = name;
        for (var suffix = 2; !_names.Add(unique); suffix++)
            unique = name + suffix.ToString(CultureInfo.InvariantCulture);
        return unique;
    }

    private TypeRef TypeOf(InputModel input, string recordName)
    {
        var type = input.Type switch
        {
            InputType.String => ScalarTypes.Get(SpecialType.System_String),
            InputType.Int64 => ScalarTypes.Get(SpecialType.System_Int64),
            InputType.Double => ScalarTypes.Get(SpecialType.System_Double),
            InputType.Decimal => ScalarTypes.Get(SpecialType.System_Decimal),
            InputType.Boolean => ScalarTypes.Get(SpecialType.System_Boolean),
            InputType.Value => input.Value!.Type,
            InputType.Object => Add(Unique(recordName), input.Description ?? $"The object {input.JsonName}, as the template's schema declares it.", input.Members),
            _ => ScalarTypes.Element,
        };
        if (input.IsArray)
        {
            return ArrayOf(type, input.Type switch
            {
                InputType.Element => "JsonElement",
                InputType.Object => FlatName + recordName,
                _ => input.Type.ToString(),
            });
        }

        return input.IsRequired || type.IsReferenceType ? type : type.ToNullable();
    }

    private TypeRef Reference(string record)
    {
        var typeName = $"{_source.Type}.{record}";
        var name = $"Json{FlatName}{record}_{Hash(typeName)}";
        return TypeRef.OfModel(name, typeName, $"{_source.ClassName.Replace("@", "")}.{record}", JsonShape.Object, isReferenceType: true);
    }

    /// <summary>The class of the template as a part of other names: it may be nested, and be a keyword.</summary>
    private string FlatName => _source.ClassName.Replace("@", "").Replace(".", "");

    /// <summary>The same serializer that a handler's array of this type would get.</summary>
    private TypeRef ArrayOf(TypeRef element, string elementName)
    {
        var typeName = element.TypeName + "[]";
        var name = $"Json{elementName}Array_{Hash(typeName)}";
        _serializers[name] = new JsonCollectionModel
        {
            ClassName = name,
            TypeName = typeName,
            DisplayName = element.DisplayName + "[]",
            IsReferenceType = true,
            Kind = CollectionKind.Array,
            Element = element,
        };
        return TypeRef.OfModel(name, typeName, element.DisplayName + "[]", JsonShape.Array, isReferenceType: true);
    }

    private static JsonObjectModel Describe(TypeRef type, List<TemplateRecordMember> declared)
    {
        EquatableArray<string> useWarnings = [];
        var members = new List<JsonMember>();
        var parameters = new List<JsonParameter>();
        foreach (var (name, input, memberType) in declared)
        {
            members.Add(new JsonMember
            {
                PropertyName = name,
                JsonName = input.JsonName,
                Type = memberType,
                AllowsNull = !input.IsRequired,
                IsRequired = input.IsRequired,
                IsWritten = true,
                WrittenWhen = input.IsRequired ? MemberCondition.Always : MemberCondition.NotNull,
                ParameterIndex = parameters.Count,
            });
            parameters.Add(new JsonParameter(name, memberType.TypeName, "default", HasDefault: !input.IsRequired));
            useWarnings = UseWarnings.Union(useWarnings, input.Value?.UseWarnings ?? []);
        }

        return new JsonObjectModel
        {
            ClassName = type.ModelName!,
            TypeName = type.TypeName,
            DisplayName = type.DisplayName,
            IsReferenceType = true,
            Members = members.ToEquatableArray(),
            Parameters = parameters.ToEquatableArray(),
            UseWarnings = useWarnings,
        };
    }

    private string Hash(string typeName) => Identifiers.StableHash($"{_source.Assembly}|{typeName}|");
}
