using System.Text;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the reading half of a JSON object's serializer: the object is made when all members are there; those with a setter that did not come keep what the type gave them.</summary>
internal static class ObjectReadEmitter
{
    public static void Emit(IndentedWriter source, JsonObjectModel model)
    {
        source.Line();
        var method = $"private static {model.TypeName} Read(in JsonObjectReader members)";
        if (HasLater(model))
        {
            using var body = source.Block(method);
            source.Line($"{model.TypeName} value = {Creation(model)};");
            for (var i = 0; i < model.Members.Count; i++)
                EmitLater(source, model.Members[i], i);
            source.Line("return value;");
        }
        else
        {
            source.Line($"{method} => {Creation(model)};");
        }

        EmitAccessors(source, model);
    }

    private static string Creation(JsonObjectModel model)
    {
        if (!model.CallsConstructor && model.Parameters.IsEmpty && !HasInitializer(model))
            return $"default({model.TypeName})";
        var arguments = new string[model.Parameters.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = model.Parameters[i].HasDefault ? Default(model.Parameters[i]) : $"default({model.Parameters[i].TypeName})";
        var initializer = new StringBuilder();
        for (var i = 0; i < model.Members.Count; i++)
        {
            var member = model.Members[i];
            if (member.ParameterIndex >= 0)
            {
                var parameter = model.Parameters[member.ParameterIndex];
                arguments[member.ParameterIndex] = parameter.DefaultValue == "default"
                    ? Value(member, i)
                    : $"members.Has({ObjectEmitter.Number(i)}) ? {Value(member, i)} : {Default(parameter)}";
            }

            if (member.Setter is MemberSetter.Initializer)
                initializer.Append(initializer.Length == 0 ? " { " : ", ").Append(Identifiers.Escape(member.PropertyName)).Append(" = ").Append(Value(member, i));
        }

        if (initializer.Length > 0)
            initializer.Append(" }");
        return $"new {model.TypeName}({string.Join(", ", arguments)}){initializer}";
    }

    private static string Default(JsonParameter parameter) => $"({parameter.TypeName}){parameter.DefaultValue}";

    private static string Value(JsonMember member, int index) => ObjectEmitter.HasKind(member)
        ? $"members.{member.Type.MemberMethod}({ObjectEmitter.Number(index)})"
        : $"members.Value<{member.Type.TypeName}>({ObjectEmitter.Number(index)})";

    private static bool HasInitializer(JsonObjectModel model) => Has(model, MemberSetter.Initializer, MemberSetter.Initializer);

    /// <summary>Whether a member is set once the object is there.</summary>
    private static bool HasLater(JsonObjectModel model) => Has(model, MemberSetter.Assignment, MemberSetter.Accessor);

    private static bool Has(JsonObjectModel model, MemberSetter one, MemberSetter other)
    {
        foreach (var member in model.Members)
        {
            if (member.Setter == one || member.Setter == other)
                return true;
        }

        return false;
    }

    private static void EmitLater(IndentedWriter source, JsonMember member, int index)
    {
        if (member.Setter is not (MemberSetter.Assignment or MemberSetter.Accessor))
            return;
        source.Line($"if (members.Has({ObjectEmitter.Number(index)}))");
        using (source.Indented())
            source.Line(Set(member, index));
    }

    private static string Set(JsonMember member, int index)
    {
        var property = Identifiers.Escape(member.PropertyName);
        var value = Value(member, index);
        if (member.Accessor is { } accessor)
            return $"Setter{ObjectEmitter.Number(index)}{accessor.TypeArguments}.Set({(accessor.IsStruct ? "ref " : "")}value, {value});";
        return member.HiddenIn is null ? $"value.{property} = {value};" : $"(({member.HiddenIn})value).{property} = {value};";
    }

    /// <summary>An <c>init</c> accessor is called by name at compile time, without reflection. The class carries the type parameters of a generic type.</summary>
    private static void EmitAccessors(IndentedWriter source, JsonObjectModel model)
    {
        for (var i = 0; i < model.Members.Count; i++)
        {
            if (model.Members[i].Accessor is not { } accessor)
                continue;
            source.Line();
            using (source.Block($"private static class Setter{ObjectEmitter.Number(i)}{accessor.TypeParameters} {accessor.Constraints}".TrimEnd()))
            {
                source.Line(
                    "[global::System.Runtime.CompilerServices.UnsafeAccessor(global::System.Runtime.CompilerServices.UnsafeAccessorKind.Method, "
                    + $"Name = {Identifiers.Literal("set_" + model.Members[i].PropertyName)})]");
                source.Line($"internal static extern void Set({(accessor.IsStruct ? "ref " : "")}{accessor.TargetType} target, {accessor.ValueType} value);");
            }
        }
    }
}
