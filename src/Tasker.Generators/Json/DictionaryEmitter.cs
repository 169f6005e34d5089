using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the serializer of a JSON object with free member names.</summary>
internal static class DictionaryEmitter
{
    private const string Generic = "global::System.Collections.Generic";

    public static void Emit(IndentedWriter source, JsonDictionaryModel model)
    {
        var created = model.Kind is DictionaryKind.SortedDictionary ? "SortedDictionary" : "Dictionary";
        using (JsonEmitter.BeginRead(source, model))
        {
            JsonEmitter.ReturnNull(source, model);
            source.Line($"{JsonEmitter.Structure}.ReadStartObject(ref reader, {Identifiers.Literal(model.DisplayName)});");
            source.Line($"{Generic}.{created}<{model.KeyTypeName}, {model.Value.TypeName}> entries = new();");
            source.Line(model.KeyModelName is { } keys
                ? $"while ({keys}.Names.ReadKey(ref reader, out ulong key))"
                : $"while ({JsonEmitter.Structure}.ReadKey(ref reader, out {model.KeyTypeName} key))");
            using (source.Indented())
                source.Line($"entries[{(model.KeyModelName is null ? "key" : $"unchecked(({model.KeyTypeName})key)")}] = {model.Value.ReadCall("reader")};");
            source.Line(model.Kind is DictionaryKind.ImmutableDictionary
                ? "return global::System.Collections.Immutable.ImmutableDictionary.ToImmutableDictionary(entries);"
                : "return entries;");
        }

        using (JsonEmitter.BeginWrite(source, model))
        {
            JsonEmitter.WriteNull(source, model);
            source.Line($"{JsonEmitter.Structure}.WriteStartObject(writer);");
            source.Line("WriteMembers(writer, value);");
            source.Line("writer.WriteEndObject();");
        }

        using (JsonEmitter.BeginWriteMembers(source, model))
        using (source.Block($"foreach ({Generic}.KeyValuePair<{model.KeyTypeName}, {model.Value.TypeName}> entry in value)"))
        {
            source.Line(model switch
            {
                { KeyModelName: { } keys } => $"{keys}.Names.WriteKey(writer, unchecked((ulong)entry.Key));",
                { KeyTypeName: "string" } => "writer.WritePropertyName(entry.Key);",
                _ => $"{JsonEmitter.Structure}.WriteKey(writer, entry.Key);",
            });
            if (model.Value is { CanNest: true, CanBeNull: true })
                source.Line($"{JsonEmitter.Structure}.BeforeElement(writer);");
            source.Line(model.Value.WriteCall("writer", "entry.Value"));
        }
    }
}
