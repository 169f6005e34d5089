using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the serializer of a JSON array.</summary>
internal static class CollectionEmitter
{
    private const string Generic = "global::System.Collections.Generic";
    private const string Immutable = "global::System.Collections.Immutable";

    public static void Emit(IndentedWriter source, JsonCollectionModel model)
    {
        var element = model.Element;
        var name = Identifiers.Literal(model.DisplayName);
        // Types are written out: a project may have one with the name "var".
        var (type, create, finish) = model.Kind switch
        {
            CollectionKind.Array => ($"{Generic}.List<{element.TypeName}>", "new()", "items.ToArray()"),
            CollectionKind.HashSet => ($"{Generic}.HashSet<{element.TypeName}>", "new()", "items"),
            CollectionKind.ImmutableArray => Builder("ImmutableArray", "items.DrainToImmutable()"),
            CollectionKind.ImmutableList => Builder("ImmutableList", "items.ToImmutable()"),
            CollectionKind.ImmutableHashSet => Builder("ImmutableHashSet", "items.ToImmutable()"),
            _ => ($"{Generic}.List<{element.TypeName}>", "new()", "items"),
        };

        using (JsonEmitter.BeginRead(source, model))
        {
            JsonEmitter.ReturnNull(source, model);
            source.Line($"{JsonEmitter.Structure}.ReadStartArray(ref reader, {name});");
            source.Line($"{type} items = {create};");
            source.Line($"while ({JsonEmitter.Structure}.ReadElement(ref reader))");
            using (source.Indented())
                source.Line($"items.Add({element.ReadCall("reader")});");
            source.Line($"return {finish};");
        }

        using (JsonEmitter.BeginWrite(source, model))
        {
            JsonEmitter.WriteNull(source, model);
            if (model.Kind is CollectionKind.ImmutableArray)
            {
                source.Line("if (value.IsDefault)");
                using (source.Indented())
                    source.Line($"{JsonEmitter.Structure}.ThrowDefaultArray({name});");
            }

            source.Line($"{JsonEmitter.Structure}.WriteStartArray(writer);");
            using (source.Block($"foreach ({element.TypeName} item in value)"))
            {
                if (element is { CanNest: true, CanBeNull: true })
                    source.Line($"{JsonEmitter.Structure}.BeforeElement(writer);");
                source.Line(element.WriteCall("writer", "item"));
            }

            source.Line("writer.WriteEndArray();");
        }

        (string Type, string Create, string Finish) Builder(string collection, string finish) =>
            ($"{Immutable}.{collection}<{element.TypeName}>.Builder", $"{Immutable}.{collection}.CreateBuilder<{element.TypeName}>()", finish);
    }
}
