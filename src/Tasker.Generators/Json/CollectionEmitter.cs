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
        var (create, finish) = model.Kind switch
        {
            CollectionKind.Array => ($"new {Generic}.List<{element.TypeName}>()", "items.ToArray()"),
            CollectionKind.HashSet => ($"new {Generic}.HashSet<{element.TypeName}>()", "items"),
            CollectionKind.ImmutableArray => ($"{Immutable}.ImmutableArray.CreateBuilder<{element.TypeName}>()", "items.DrainToImmutable()"),
            CollectionKind.ImmutableList => ($"{Immutable}.ImmutableList.CreateBuilder<{element.TypeName}>()", "items.ToImmutable()"),
            CollectionKind.ImmutableHashSet => ($"{Immutable}.ImmutableHashSet.CreateBuilder<{element.TypeName}>()", "items.ToImmutable()"),
            _ => ($"new {Generic}.List<{element.TypeName}>()", "items"),
        };

        using (JsonEmitter.BeginRead(source, model))
        {
            JsonEmitter.ReturnNull(source, model);
            source.Line($"{JsonEmitter.Structure}.ReadStartArray(ref reader, {name});");
            source.Line($"var items = {create};");
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
            using (source.Block("foreach (var item in value)"))
            {
                if (element is { CanNest: true, CanBeNull: true })
                    source.Line($"{JsonEmitter.Structure}.BeforeElement(writer);");
                source.Line(element.WriteCall("writer", "item"));
            }

            source.Line("writer.WriteEndArray();");
        }
    }
}
