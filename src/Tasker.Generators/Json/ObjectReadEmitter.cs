using System.Globalization;
using System.Text;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>
/// Emits the reading half of a JSON object's serializer. A type whose constructor needs nothing is created first and its members are set as
/// they come; otherwise the values wait in locals until all are there. Bits remember which members came.
/// </summary>
internal static class ObjectReadEmitter
{
    private const int BitsInWord = 64;

    public static void Emit(IndentedWriter source, JsonObjectModel model)
    {
        var waits = Waits(model);
        source.Line();
        using (source.Block($"protected override {model.TypeName} ReadMembers(ref {JsonEmitter.Reader} reader)"))
        {
            if (waits)
                EmitLocals(source, model);
            else
                source.Line(model.CallsConstructor ? $"var value = new {model.TypeName}();" : $"var value = default({model.TypeName});");
            EmitSeen(source, model, waits);
            EmitLoop(source, model, waits);
            EmitRequired(source, model);
            if (waits)
                EmitCreation(source, model);
            else
                source.Line("return value;");
        }

        EmitAccessors(source, model);
    }

    /// <summary>Whether the values must wait for each other before there can be an object.</summary>
    private static bool Waits(JsonObjectModel model)
    {
        if (!model.Parameters.IsEmpty)
            return true;
        foreach (var member in model.Members)
        {
            if (member.Setter is MemberSetter.Initializer)
                return true;
        }

        return false;
    }

    private static bool IsTracked(JsonMember member, bool waits) =>
        member.IsRead && (member.IsRequired || (waits && member.Setter is MemberSetter.Assignment or MemberSetter.Accessor));

    private static void EmitLocals(IndentedWriter source, JsonObjectModel model)
    {
        for (var i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            if (!member.IsRead)
                continue;
            var initial = member.ParameterIndex >= 0 ? model.Parameters[member.ParameterIndex].DefaultValue : "default";
            source.Line($"{member.Type.TypeName} {Local(i)} = {initial};");
        }
    }

    private static void EmitSeen(IndentedWriter source, JsonObjectModel model, bool waits)
    {
        var last = -1;
        for (var i = 0; i < model.Members.Count; i++)
        {
            if (IsTracked(model.Members[i], waits) && i / BitsInWord != last)
            {
                last = i / BitsInWord;
                source.Line($"var {Word(i)} = 0UL;");
            }
        }
    }

    private static void EmitLoop(IndentedWriter source, JsonObjectModel model, bool waits)
    {
        source.Line("for (var member = -1; Next(ref reader, ref member);)");
        if (!HasReadable(model))
        {
            // Nothing is kept; the members are read over all the same, so that broken JSON is found.
            source.Line("{");
            source.Line("}");
            return;
        }

        using (source.Block(""))
        using (source.Block("switch (member)"))
        {
            var position = 0;
            for (var i = 0; i < model.Members.Count; i++)
            {
                var member = model.Members[i];
                if (!member.IsRead)
                    continue;
                source.Line($"case {Number(position++)}:");
                using var indented = source.Indented();
                var read = member.Type.ReadCall("reader");
                source.Line(waits ? $"{Local(i)} = {read};" : Set(member, i, read));
                if (IsTracked(member, waits))
                    source.Line($"{Word(i)} |= {Bit(i)};");
                source.Line("break;");
            }
        }

        source.Line();
    }

    private static bool HasReadable(JsonObjectModel model)
    {
        foreach (var member in model.Members)
        {
            if (member.IsRead)
                return true;
        }

        return false;
    }

    private static void EmitRequired(IndentedWriter source, JsonObjectModel model)
    {
        for (var i = 0; i < model.Members.Count; i++)
        {
            if (!model.Members[i].IsRequired)
                continue;
            source.Line($"if (({Word(i)} & {Bit(i)}) == 0)");
            using (source.Indented())
                source.Line($"JsonReadException.ThrowMissing(ref reader, {Identifiers.Literal(model.Members[i].JsonName)});");
        }
    }

    private static void EmitCreation(IndentedWriter source, JsonObjectModel model)
    {
        var arguments = new string[model.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = model.Parameters[i].HasDefault ? $"({model.Parameters[i].TypeName}){model.Parameters[i].DefaultValue}" : $"default({model.Parameters[i].TypeName})";
        var initializer = new StringBuilder();
        for (var i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            if (member.ParameterIndex >= 0)
                arguments[member.ParameterIndex] = Local(i);
            if (member.Setter is MemberSetter.Initializer)
                initializer.Append(initializer.Length == 0 ? " { " : ", ").Append(Identifiers.Escape(member.PropertyName)).Append(" = ").Append(Local(i));
        }

        if (initializer.Length > 0)
            initializer.Append(" }");
        var creation = $"new {model.TypeName}({string.Join(", ", arguments)}){initializer};";
        if (!HasLater(model))
        {
            source.Line("return " + creation);
            return;
        }

        source.Line("var value = " + creation);
        for (var i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            if (member.Setter is not (MemberSetter.Assignment or MemberSetter.Accessor))
                continue;
            source.Line($"if (({Word(i)} & {Bit(i)}) != 0)");
            using (source.Indented())
                source.Line(Set(member, i, Local(i)));
        }

        source.Line("return value;");
    }

    /// <summary>Whether a member is set once the object is there.</summary>
    private static bool HasLater(JsonObjectModel model)
    {
        foreach (var member in model.Members)
        {
            if (member.Setter is MemberSetter.Assignment or MemberSetter.Accessor)
                return true;
        }

        return false;
    }

    private static string Set(JsonMember member, int index, string read)
    {
        var property = Identifiers.Escape(member.PropertyName);
        if (member.Accessor is { } accessor)
            return $"Setter{Number(index)}{accessor.TypeArguments}.Set({(accessor.IsStruct ? "ref " : "")}value, {read});";
        return member.HiddenIn is null ? $"value.{property} = {read};" : $"(({member.HiddenIn})value).{property} = {read};";
    }

    /// <summary>An <c>init</c> accessor is called by name at compile time, without reflection. The class carries the type parameters of a generic type.</summary>
    private static void EmitAccessors(IndentedWriter source, JsonObjectModel model)
    {
        for (var i = 0; i < model.Members.Count; i++)
        {
            if (model.Members[i].Accessor is not { } accessor)
                continue;
            source.Line();
            using (source.Block($"private static class Setter{Number(i)}{accessor.TypeParameters} {accessor.Constraints}".TrimEnd()))
            {
                source.Line(
                    "[global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind.Method, "
                    + $"Name = {Identifiers.Literal("set_" + model.Members[i].PropertyName)})]");
                source.Line($"internal static extern void Set({(accessor.IsStruct ? "ref " : "")}{accessor.TargetType} target, {accessor.ValueType} value);");
            }
        }
    }

    private static string Local(int index) => "member" + Number(index);

    private static string Word(int index) => "seen" + Number(index / BitsInWord);

    private static string Bit(int index) => "0x" + (1UL << (index % BitsInWord)).ToString("x", CultureInfo.InvariantCulture) + "UL";

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
