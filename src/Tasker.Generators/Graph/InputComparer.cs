using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>A member of the context for which no value is right.</summary>
/// <param name="Path">The member.</param>
/// <param name="One">What it is to the one side.</param>
/// <param name="Other">What it is to the other side.</param>
internal sealed record InputMismatch(string Path, string One, string Other)
{
    public InputMismatch Reversed() => new(Path, Other, One);
}

/// <summary>
/// Compares what is said of a task's context: by the template's schema, and by what handlers read. Finds members of which no value is right for both sides; null, a
/// missing member and an empty array are right for all. What nobody describes fits everything.
/// </summary>
/// <param name="models">The types by class name.</param>
internal sealed class InputComparer(IReadOnlyDictionary<string, JsonTypeModel> models)
{
    private readonly HashSet<(string, string)> _compared = [];

    /// <summary>Compares what a schema declares with what a parameter reads.</summary>
    public InputMismatch? FindMismatch(EquatableArray<InputModel> declared, ParameterModel read)
    {
        if (read.Source is ParameterSource.WholeInput)
            return Members(declared, read.Value!.Type, "");
        foreach (var member in declared)
        {
            if (member.JsonName == read.Binding)
                return Compare(member, member.IsArray, read.Value!.Type, member.JsonName);
        }

        return null;
    }

    /// <summary>Compares what two parameters read.</summary>
    public InputMismatch? FindMismatch(ParameterModel one, ParameterModel other)
    {
        _compared.Clear();
        var (isWhole, isOtherWhole) = (one.Source is ParameterSource.WholeInput, other.Source is ParameterSource.WholeInput);
        if (!isWhole && !isOtherWhole && one.Binding != other.Binding)
            return null;
        var path = isWhole ? other.Binding : one.Binding;
        var type = isWhole && !isOtherWhole ? Find(one.Value!.Type, path) : one.Value!.Type;
        var otherType = isOtherWhole && !isWhole ? Find(other.Value!.Type, path) : other.Value!.Type;
        return type is null || otherType is null ? null : Compare(type, otherType, path);
    }

    private InputMismatch? Compare(InputModel declared, bool isArray, TypeRef read, string path)
    {
        var shape = isArray ? JsonShape.Array : ShapeOf(declared.Type);
        read = read.Underlying ?? read;
        if (!Fits(shape, read))
            return new InputMismatch(path, ShapeComparer.Noun(shape), ShapeComparer.Noun(read.Shape));
        if (!isArray)
            return Members(declared.Members, read, path);
        return ModelOf(read) is JsonCollectionModel array ? Compare(declared, isArray: false, array.Element, path + "[]") : null;
    }

    private InputMismatch? Members(EquatableArray<InputModel> declared, TypeRef read, string path)
    {
        foreach (var member in declared)
        {
            if (Find(read, member.JsonName) is { } type && Compare(member, member.IsArray, type, Join(path, member.JsonName)) is { } mismatch)
                return mismatch;
        }

        return null;
    }

    private InputMismatch? Compare(TypeRef one, TypeRef other, string path)
    {
        one = one.Underlying ?? one;
        other = other.Underlying ?? other;
        if (!Fits(one.Shape, other) && !Fits(other.Shape, one))
            return new InputMismatch(path, ShapeComparer.Noun(one.Shape), ShapeComparer.Noun(other.Shape));
        if (one.ModelName is null || other.ModelName is null || one.ModelName == other.ModelName || !_compared.Add((one.ModelName, other.ModelName)))
            return null;
        return (ModelOf(one), ModelOf(other)) switch
        {
            (JsonCollectionModel array, JsonCollectionModel otherArray) => Compare(array.Element, otherArray.Element, path + "[]"),
            (JsonDictionaryModel values, JsonDictionaryModel otherValues) => Compare(values.Value, otherValues.Value, path + ".*"),
            (JsonObjectModel members, _) => Members(members, other, path),
            (_, JsonObjectModel members) => Members(members, one, path)?.Reversed(),
            _ => null,
        };
    }

    private InputMismatch? Members(JsonObjectModel one, TypeRef other, string path)
    {
        foreach (var member in one.Members)
        {
            if (member.IsRead && Find(other, member.JsonName) is { } type && Compare(member.Type, type, Join(path, member.JsonName)) is { } mismatch)
                return mismatch;
        }

        return null;
    }

    /// <summary>What an object's member is read as; <see langword="null"/> when it is not read, or when nobody knows.</summary>
    private TypeRef? Find(TypeRef type, string name)
    {
        switch (ModelOf(type))
        {
            case JsonDictionaryModel dictionary:
                return dictionary.Value;
            case JsonObjectModel model:
                foreach (var member in model.Members)
                {
                    if (member.IsRead && member.JsonName == name)
                        return member.Type;
                }

                break;
        }

        return null;
    }

    private JsonTypeModel? ModelOf(TypeRef type) => type.ModelName is { } name && models.TryGetValue(name, out var model) ? model : null;

    private static bool Fits(JsonShape shape, TypeRef type) =>
        shape == type.Shape || shape is JsonShape.Any || type.Shape is JsonShape.Any || (shape is JsonShape.Integer or JsonShape.Number && type.TakesNumbers);

    private static JsonShape ShapeOf(InputType type) => type switch
    {
        InputType.String => JsonShape.Text,
        InputType.Int64 => JsonShape.Integer,
        InputType.Double or InputType.Decimal => JsonShape.Number,
        InputType.Boolean => JsonShape.Boolean,
        InputType.Object => JsonShape.Object,
        _ => JsonShape.Any,
    };

    private static string Join(string path, string member) => path.Length == 0 ? member : $"{path}.{member}";
}
