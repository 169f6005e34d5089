using System.Globalization;
using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;

namespace Tasker.Generators.Models;

/// <summary>The record that a template's <c>input_schema</c> becomes. There is no symbol for it, so its serializer is described by hand.</summary>
internal sealed class InputsRecord
{
    private static readonly string[] RecordMembers =
        ["Inputs", "Clone", "Deconstruct", "EqualityContract", "Equals", "Finalize", "GetHashCode", "GetType", "MemberwiseClone", "PrintMembers", "ReferenceEquals", "ToString"];

    private readonly TemplateSource _source;
    private readonly List<(string Name, InputModel Input, TypeRef Type)> _members = [];
    private readonly SortedDictionary<string, JsonTypeModel> _serializers = new(StringComparer.Ordinal);

    private InputsRecord(TemplateSource source)
    {
        _source = source;
        var names = new HashSet<string>(RecordMembers, StringComparer.Ordinal);
        foreach (var input in source.Template.Inputs)
        {
            var name = Identifiers.ToPascalCase(input.JsonName);
            for (var suffix = 2; !names.Add(name); suffix++)
                name = Identifiers.ToPascalCase(input.JsonName) + suffix.ToString(CultureInfo.InvariantCulture);
            _members.Add((name, input, TypeOf(input)));
        }

        _serializers[ClassName] = Describe();
    }

    public static InputsRecord Of(TemplateSource source) => new(source);

    public IReadOnlyList<(string Name, InputModel Input, TypeRef Type)> Members => _members;

    public string CodecExpression => $"global::{JsonTypeModel.Namespace}.{ClassName}.Codec";

    private string TypeName => _source.Type + ".Inputs";

    private string ClassName => $"Json{_source.ClassName}Inputs_{Hash(TypeName)}";

    /// <summary>The record's own serializer and those of its arrays.</summary>
    public IEnumerable<JsonTypeModel> Serializers() => _serializers.Values;

    private TypeRef TypeOf(InputModel input)
    {
        var type = input.Type switch
        {
            InputType.String => ScalarTypes.Get(SpecialType.System_String),
            InputType.Int64 => ScalarTypes.Get(SpecialType.System_Int64),
            InputType.Double => ScalarTypes.Get(SpecialType.System_Double),
            InputType.Decimal => ScalarTypes.Get(SpecialType.System_Decimal),
            InputType.Boolean => ScalarTypes.Get(SpecialType.System_Boolean),
            _ => ScalarTypes.Element,
        };
        if (input.IsArray)
            return ArrayOf(type, input.Type is InputType.Element ? "JsonElement" : input.Type.ToString());
        return input.IsRequired || type.IsReferenceType ? type : type.ToNullable();
    }

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
        var fullName = $"global::{JsonTypeModel.Namespace}.{name}";
        return new TypeRef
        {
            TypeName = typeName,
            DisplayName = element.DisplayName + "[]",
            Shape = JsonShape.Array,
            IsReferenceType = true,
            CodecExpression = fullName + ".Codec",
            ReadMethod = fullName + ".Read",
            WriteMethod = fullName + ".Write",
            ModelName = name,
        };
    }

    private JsonObjectModel Describe()
    {
        var members = new List<JsonMember>();
        var parameters = new List<JsonParameter>();
        foreach (var (name, input, type) in _members)
        {
            members.Add(new JsonMember
            {
                PropertyName = name,
                JsonName = input.JsonName,
                Type = type,
                AllowsNull = !input.IsRequired,
                IsRequired = input.IsRequired,
                IsWritten = true,
                WrittenWhen = input.IsRequired ? MemberCondition.Always : MemberCondition.NotNull,
                ParameterIndex = parameters.Count,
            });
            parameters.Add(new JsonParameter(name, type.TypeName, "default", HasDefault: !input.IsRequired));
        }

        return new JsonObjectModel
        {
            ClassName = ClassName,
            TypeName = TypeName,
            DisplayName = _source.ClassName + ".Inputs",
            IsReferenceType = true,
            Members = members.ToEquatableArray(),
            Parameters = parameters.ToEquatableArray(),
        };
    }

    private string Hash(string typeName) => Identifiers.StableHash($"{_source.Assembly}|{typeName}|");
}
