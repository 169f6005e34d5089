namespace Tasker.Generators.Json;

/// <summary>What a value looks like in JSON.</summary>
internal enum JsonShape
{
    Any,
    Boolean,
    Integer,
    Number,
    Text,
    Array,
    Object,
}

/// <summary>
/// How generated code names, reads and writes values of one type. Two types that differ only in the nullability of references are one: the
/// generated code has <c>#nullable enable annotations</c>, and every read of a reference may give null.
/// </summary>
internal sealed record TypeRef
{
    /// <summary>The type in generated code, such as <c>global::Shop.Order</c> or <c>int?</c>.</summary>
    public required string TypeName { get; init; }

    /// <summary>The type in messages, such as <c>Order</c>.</summary>
    public required string DisplayName { get; init; }

    /// <summary>What values look like in JSON, null aside.</summary>
    public required JsonShape Shape { get; init; }

    /// <summary>Whether values are references, so that they can be null whatever their annotation says.</summary>
    public bool IsReferenceType { get; init; }

    /// <summary>An expression of type <c>JsonCodec&lt;T&gt;</c>. May create the codec at each evaluation: keep it in a static field.</summary>
    public required string CodecExpression { get; init; }

    /// <summary>
    /// A method that takes <c>ref Utf8JsonReader</c>, as a serializer names it. That of a <see cref="Nullable{T}"/> reads the value itself.
    /// </summary>
    public required string ReadMethod { get; init; }

    /// <summary>A method that takes the writer and a value, as a serializer names it, or, with a leading dot, a method of the writer that takes a value.</summary>
    public required string WriteMethod { get; init; }

    /// <summary>The method of <c>JsonObjectReader</c> and <c>JsonObjectWriter</c> for members of just this type; <see langword="null"/> for types that a codec reads and writes.</summary>
    public string? MemberMethod { get; init; }

    /// <summary>The generated class, when there is one: the <see cref="JsonTypeModel.ClassName"/> of its model.</summary>
    public string? ModelName { get; init; }

    /// <summary>The type in a <see cref="Nullable{T}"/>.</summary>
    public TypeRef? Underlying { get; init; }

    /// <summary>Whether values are JSON objects.</summary>
    public bool IsObject { get; init; }

    /// <summary>Whether values may be objects or arrays, which System.Text.Json writes with a look at the depth.</summary>
    public bool CanNest => Shape is JsonShape.Object or JsonShape.Array;

    /// <summary>Whether values are read from JSON numbers, as those of an enum that travels as text are, too.</summary>
    public bool TakesNumbers => Shape is JsonShape.Integer or JsonShape.Number || this is { Shape: JsonShape.Text, ModelName: not null };

    /// <summary>Whether a value can be null at run time.</summary>
    public bool CanBeNull => IsReferenceType || Underlying is not null;

    /// <summary>A type that has a generated serializer.</summary>
    public static TypeRef OfModel(string className, string typeName, string displayName, JsonShape shape, bool isReferenceType) => new()
    {
        TypeName = typeName,
        DisplayName = displayName,
        Shape = shape,
        IsReferenceType = isReferenceType,
        IsObject = shape is JsonShape.Object,
        CodecExpression = $"global::{JsonTypeModel.Namespace}.{className}.Codec",
        ReadMethod = className + ".Codec.Read",
        WriteMethod = className + ".Codec.Write",
        ModelName = className,
    };

    /// <summary>An expression that reads a value.</summary>
    public string ReadCall(string reader) => Underlying is null
        ? $"{ReadMethod}(ref {reader})"
        : $"{reader}.TokenType is global::System.Text.Json.JsonTokenType.Null ? default({TypeName}) : {ReadMethod}(ref {reader})";

    /// <summary>A statement that writes a value. <paramref name="value"/> is evaluated once.</summary>
    public string WriteCall(string writer, string value) => Underlying is null
        ? WriteSome(writer, value)
        : $"if ({value} is {{ }} some) {WriteSome(writer, "some")} else {writer}.WriteNullValue();";

    /// <summary>A statement that writes a value that is not null; of a <see cref="Nullable{T}"/> the value in it.</summary>
    public string WriteSome(string writer, string value) =>
        WriteMethod[0] == '.' ? $"{writer}{WriteMethod}({value});" : $"{WriteMethod}({writer}, {value});";

    /// <summary>The nullable form of a value type.</summary>
    public TypeRef ToNullable() => this with
    {
        TypeName = TypeName + "?",
        DisplayName = DisplayName + "?",
        CodecExpression = $"{ScalarTypes.Codecs}.Nullable({CodecExpression})",
        IsObject = false,
        MemberMethod = null,
        Underlying = this,
    };
}
