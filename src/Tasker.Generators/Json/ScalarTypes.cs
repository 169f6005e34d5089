using Microsoft.CodeAnalysis;

namespace Tasker.Generators.Json;

/// <summary>The base class library types that have a codec of their own.</summary>
internal static class ScalarTypes
{
    public const string Codecs = "global::Tasker.Json.JsonCodecs";
    private const string Values = "JsonValues";

    private static readonly Dictionary<SpecialType, TypeRef> BySpecialType = new()
    {
        [SpecialType.System_String] = Scalar("string", "String", JsonShape.Text, Written.AsString, isReferenceType: true),
        [SpecialType.System_Boolean] = Scalar("bool", "Boolean", JsonShape.Boolean, Written.AsBoolean),
        [SpecialType.System_Byte] = Scalar("byte", "Byte", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_SByte] = Scalar("sbyte", "SByte", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_Int16] = Scalar("short", "Int16", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_UInt16] = Scalar("ushort", "UInt16", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_Int32] = Scalar("int", "Int32", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_UInt32] = Scalar("uint", "UInt32", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_Int64] = Scalar("long", "Int64", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_UInt64] = Scalar("ulong", "UInt64", JsonShape.Integer, Written.AsNumber),
        [SpecialType.System_Single] = Scalar("float", "Single", JsonShape.Number, Written.AsNumber),
        [SpecialType.System_Double] = Scalar("double", "Double", JsonShape.Number, Written.AsNumber),
        [SpecialType.System_Decimal] = Scalar("decimal", "Decimal", JsonShape.Number, Written.AsNumber),
        [SpecialType.System_Char] = Scalar("char", "Char", JsonShape.Text, Written.ByHelper),
        [SpecialType.System_DateTime] = Scalar("global::System.DateTime", "DateTime", JsonShape.Text, Written.AsString),
    };

    private static readonly Dictionary<string, TypeRef> ByFullName = new(StringComparer.Ordinal)
    {
        ["System.Int128"] = Scalar("global::System.Int128", "Int128", JsonShape.Integer, Written.ByHelper),
        ["System.UInt128"] = Scalar("global::System.UInt128", "UInt128", JsonShape.Integer, Written.ByHelper),
        ["System.Half"] = Scalar("global::System.Half", "Half", JsonShape.Number, Written.ByHelper),
        ["System.DateTimeOffset"] = Scalar("global::System.DateTimeOffset", "DateTimeOffset", JsonShape.Text, Written.AsString),
        ["System.DateOnly"] = Scalar("global::System.DateOnly", "DateOnly", JsonShape.Text, Written.ByHelper),
        ["System.TimeOnly"] = Scalar("global::System.TimeOnly", "TimeOnly", JsonShape.Text, Written.ByHelper),
        ["System.TimeSpan"] = Scalar("global::System.TimeSpan", "TimeSpan", JsonShape.Text, Written.ByHelper),
        ["System.Guid"] = Scalar("global::System.Guid", "Guid", JsonShape.Text, Written.AsString),
        ["System.Uri"] = Scalar("global::System.Uri", "Uri", JsonShape.Text, Written.ByHelper, isReferenceType: true),
        ["System.Version"] = Scalar("global::System.Version", "Version", JsonShape.Text, Written.ByHelper, isReferenceType: true),
        ["System.Text.Json.JsonElement"] = Scalar("global::System.Text.Json.JsonElement", "Element", JsonShape.Any, Written.ByHelper),
    };

    private static readonly TypeRef Bytes = Scalar("byte[]", "Bytes", JsonShape.Text, Written.ByHelper, isReferenceType: true);

    private static readonly TypeRef ByteMemory =
        Scalar("global::System.ReadOnlyMemory<byte>", "ByteMemory", JsonShape.Text, Written.ByHelper);

    private enum Written
    {
        AsString,
        AsNumber,
        AsBoolean,
        ByHelper,
    }

    /// <summary>Any JSON value.</summary>
    public static TypeRef Element => ByFullName["System.Text.Json.JsonElement"];

    /// <summary>A type that C# has a keyword for.</summary>
    public static TypeRef Get(SpecialType type) => BySpecialType[type];

    public static TypeRef? Find(ITypeSymbol type)
    {
        if (BySpecialType.TryGetValue(type.SpecialType, out var scalar))
            return scalar;
        if (type is IArrayTypeSymbol { Rank: 1, ElementType.SpecialType: SpecialType.System_Byte })
            return Bytes;
        if (type is not INamedTypeSymbol { ContainingType: null } named)
            return null;
        if (named.Arity == 0)
            return ByFullName.TryGetValue(FullName(named), out scalar) ? scalar : null;
        return named is { Name: "ReadOnlyMemory", TypeArguments: [{ SpecialType: SpecialType.System_Byte }] } && FullName(named) == "System.ReadOnlyMemory"
            ? ByteMemory
            : null;
    }

    /// <summary>Namespace and name, without type arguments.</summary>
    public static string FullName(INamedTypeSymbol type) =>
        type.ContainingNamespace is { IsGlobalNamespace: false } space ? space.ToDisplayString() + "." + type.Name : type.Name;

    private static TypeRef Scalar(string typeName, string name, JsonShape shape, Written written, bool isReferenceType = false) => new()
    {
        TypeName = typeName,
        DisplayName = typeName.Substring(typeName.LastIndexOf('.') + 1),
        Shape = shape,
        IsReferenceType = isReferenceType,
        CodecExpression = $"{Codecs}.{name}",
        ReadMethod = $"{Values}.Read{name}",
        WriteMethod = written switch
        {
            Written.AsString => ".WriteStringValue",
            Written.AsNumber => ".WriteNumberValue",
            Written.AsBoolean => ".WriteBooleanValue",
            _ => $"{Values}.Write{name}",
        },
        MemberMethod = written is Written.ByHelper ? null : name,
    };
}
