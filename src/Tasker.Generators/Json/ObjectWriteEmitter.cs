using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the writing half of a JSON object's serializer: a statement a member.</summary>
internal static class ObjectWriteEmitter
{
    public static void Emit(IndentedWriter source, JsonObjectModel model)
    {
        source.Line();
        using var body = source.Block($"private static void Write(in JsonObjectWriter members, {model.TypeName} value)");
        for (var i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            if (member.IsWritten)
                source.Line($"members.{Method(member)}({ObjectEmitter.Number(i)}, {Value(member)});");
        }
    }

    private static string Method(JsonMember member) => member.WrittenWhen switch
    {
        MemberCondition.NotDefault => $"ValueUnlessDefault<{member.Type.TypeName}>",
        MemberCondition.NotNull => $"ValueUnlessNull<{member.Type.TypeName}>",
        _ => member.Type.MemberMethod ?? $"Value<{member.Type.TypeName}>",
    };

    private static string Value(JsonMember member)
    {
        var property = Identifiers.Escape(member.PropertyName);
        return member.HiddenIn is null ? $"value.{property}" : $"(({member.HiddenIn})value).{property}";
    }
}
