using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Emission;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Json;

/// <summary>Emits the serializer of one type, a codec.</summary>
internal static class JsonEmitter
{
    public const string Reader = "global::System.Text.Json.Utf8JsonReader";
    public const string Writer = "global::System.Text.Json.Utf8JsonWriter";
    public const string Structure = "JsonStructure";

    /// <summary>The name of the source file.</summary>
    public static string HintName(JsonTypeModel model) => $"Tasker.Json.{model.ClassName}.g.cs";

    public static SourceText Emit(JsonTypeModel model)
    {
        // Annotations without warnings: the nullability of references inside a type makes no difference to its JSON.
        using var source = GeneratedFile.Begin(model.UseWarnings);
        source.Line($"namespace {JsonTypeModel.Namespace};").Line();
        GeneratedFile.Plumbing(source);
        using (source.Block(Declaration(model)))
        {
            if (model is not JsonObjectModel)
                source.Line($"public static readonly {model.ClassName} Codec = new();");
            switch (model)
            {
                case JsonEnumModel @enum:
                    EnumEmitter.Emit(source, @enum);
                    break;
                case JsonCollectionModel collection:
                    CollectionEmitter.Emit(source, collection);
                    break;
                case JsonDictionaryModel dictionary:
                    DictionaryEmitter.Emit(source, dictionary);
                    break;
                case JsonObjectModel @object:
                    ObjectEmitter.Emit(source, @object);
                    break;
            }
        }

        return source.ToSourceText();
    }

    public static Block BeginRead(IndentedWriter source, JsonTypeModel model)
    {
        source.Line();
        return source.Block($"public override {model.TypeName} Read(ref {Reader} reader)");
    }

    public static Block BeginWrite(IndentedWriter source, JsonTypeModel model)
    {
        source.Line();
        return source.Block($"public override void Write({Writer} writer, {model.TypeName} value)");
    }

    public static Block BeginWriteMembers(IndentedWriter source, JsonTypeModel model)
    {
        source.Line();
        return source.Block($"public override void WriteMembers({Writer} writer, {model.TypeName} value)");
    }

    public static void ReturnNull(IndentedWriter source, JsonTypeModel model)
    {
        if (!model.IsReferenceType)
            return;
        source.Line("if (reader.TokenType is global::System.Text.Json.JsonTokenType.Null)");
        using (source.Indented())
            source.Line("return null;");
    }

    public static void WriteNull(IndentedWriter source, JsonTypeModel model)
    {
        if (!model.IsReferenceType)
            return;
        using (source.Block("if (value is null)"))
        {
            source.Line("writer.WriteNullValue();");
            source.Line("return;");
        }

        source.Line();
    }

    private static string Declaration(JsonTypeModel model) => model is JsonObjectModel
        ? $"internal static class {model.ClassName}"
        : $"internal sealed class {model.ClassName}() : JsonCodec<{model.TypeName}>({Identifiers.Literal(model.DisplayName)}, isObject: {(model is JsonDictionaryModel ? "true" : "false")})";
}
