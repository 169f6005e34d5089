using System.Globalization;
using System.Text;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the writing half of a JSON object's serializer.</summary>
internal static class ObjectWriteEmitter
{
    /// <summary>What the base class of a serializer must know: the type's name, whether it has a scalar, and the members that can be read.</summary>
    public static string BaseArguments(JsonObjectModel model)
    {
        var arguments = new StringBuilder(Identifiers.Literal(model.DisplayName)).Append(HasScalar(model) ? ", hasScalar: true" : ", hasScalar: false");
        foreach (var member in model.Members)
        {
            if (member.IsRead)
                arguments.Append(", ").Append(Identifiers.Literal(member.JsonName));
        }

        return arguments.ToString();
    }

    public static void Emit(IndentedWriter source, JsonObjectModel model)
    {
        using var body = JsonEmitter.BeginWriteMembers(source, model);
        for (var i = 0; i < model.Members.Count; i++)
        {
            if (model.Members[i].IsWritten)
                EmitMember(source, model.Members[i], i.ToString(CultureInfo.InvariantCulture));
        }
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

    private static void EmitMember(IndentedWriter source, JsonMember member, string index)
    {
        var type = member.Type;
        var name = Identifiers.Literal(member.JsonName) + "u8";
        var property = Identifiers.Escape(member.PropertyName);
        var value = member.HiddenIn is null ? $"value.{property}" : $"(({member.HiddenIn})value).{property}";
        // A JsonElement may hold null and still be a value, which one cannot see from what is written.
        var isElement = type.Shape is JsonShape.Any && (type.CanBeNull || member.WrittenWhen is not MemberCondition.Always);
        if (member.WrittenWhen is MemberCondition.NotDefault)
        {
            source.Line($"var member{index} = {value};");
            using (source.Block($"if (!global::System.Collections.Generic.EqualityComparer<{type.TypeName}>.Default.Equals(member{index}, default))"))
                EmitSome(source, type, name, $"member{index}", isElement);
        }
        else if (member.WrittenWhen is MemberCondition.NotNull)
        {
            using (source.Block($"if ({value} is {{ }} member{index})"))
                EmitSome(source, type, name, $"member{index}", isElement);
        }
        else if (type.Underlying is not null)
        {
            using (source.Block($"if ({value} is {{ }} member{index})"))
                EmitSome(source, type, name, $"member{index}", isElement);
            source.Line("else");
            using (source.Indented())
                source.Line($"writer.WriteNull({name});");
        }
        else
        {
            EmitSome(source, type, name, value, isChecked: false);
        }
    }

    private static void EmitSome(IndentedWriter source, TypeRef type, string name, string value, bool isChecked)
    {
        if (isChecked)
            source.Line($"{JsonEmitter.Structure}.BeforeElement(writer);");
        if (type.WriteNamedMethod is { } method)
        {
            source.Line($"{method}(writer, {name}, {value});");
            return;
        }

        source.Line($"writer.WritePropertyName({name});");
        source.Line(type.WriteSome("writer", value));
    }
}
