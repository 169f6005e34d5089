using System.Globalization;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>
/// Emits the serializer of a JSON object: its members in a line, one expression that makes an object of them, one statement each that writes them. All else is in
/// <c>JsonObjectCodec</c>, because what is generated is compiled with every build.
/// </summary>
internal static class ObjectEmitter
{
    public static void Emit(IndentedWriter source, JsonObjectModel model)
    {
        var codecs = Codecs(model);
        source.Line(
            $"public static readonly JsonObjectCodec<{model.TypeName}> Codec = new("
            + $"{Identifiers.Literal(model.DisplayName)}, {(HasScalar(model) ? "true" : "false")}, Read, Write, {(codecs.Count == 0 ? "null" : "Codecs")}{Declarations(model)});");
        ObjectReadEmitter.Emit(source, model);
        ObjectWriteEmitter.Emit(source, model);
        if (codecs.Count > 0)
            source.Line().Line($"private static JsonCodec[] Codecs() => [{string.Join(", ", codecs)}];");
    }

    /// <summary>A member of a kind of its own is read and written without a codec, and always.</summary>
    public static bool HasKind(JsonMember member) => member is { Type.MemberMethod: not null, WrittenWhen: MemberCondition.Always };

    public static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static List<string> Codecs(JsonObjectModel model)
    {
        var codecs = new List<string>();
        foreach (var member in model.Members)
        {
            if (!HasKind(member))
                codecs.Add(member.Type.CodecExpression);
        }

        return codecs;
    }

    private static string Declarations(JsonObjectModel model)
    {
        var declarations = "";
        foreach (var member in model.Members)
        {
            var flags = (member.IsRead ? "" : "-") + (member.IsRequired ? "!" : "") + (model.IsInput(member) ? "+" : "");
            declarations += ", " + Identifiers.Literal($"{member.JsonName} {(HasKind(member) ? member.Type.MemberMethod : "Value")}{flags}");
        }

        return declarations;
    }

    private static bool HasScalar(JsonObjectModel model)
    {
        foreach (var member in model.Members)
        {
            if (member is { IsWritten: true, WrittenWhen: MemberCondition.Always, Type.CanBeNull: false } && member.Type.Shape is not (JsonShape.Object or JsonShape.Array))
                return true;
        }

        return false;
    }
}
