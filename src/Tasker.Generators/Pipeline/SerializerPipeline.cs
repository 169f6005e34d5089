using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Pipeline;

/// <summary>One serializer for each type that crosses a step boundary, whoever needs it.</summary>
internal static class SerializerPipeline
{
    public static void Emit(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValuesProvider<TemplateSource> templates)
    {
        var ofSchemas = templates.SelectMany(static (source, _) => SchemaRecords.Of(source).Serializers).Gather();
        var all = handlers
            .With(ofSchemas, static (set, schemas) => Distinct(set.Serializers, schemas))
            .SelectMany(static (models, _) => models)
            .WithTrackingName(StepNames.Serializers);
        context.RegisterImplementationSourceOutput(
            all,
            static (output, model) => output.Emit(JsonEmitter.HintName(model), model.DisplayName, model, JsonEmitter.Emit));
    }

    private static EquatableArray<JsonTypeModel> Distinct(EquatableArray<JsonTypeModel> handlers, EquatableArray<JsonTypeModel> schemas)
    {
        var models = new SortedDictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        foreach (var model in schemas)
            models[model.ClassName] = model;
        foreach (var model in handlers)
            models[model.ClassName] = model;
        return new List<JsonTypeModel>(models.Values).ToEquatableArray();
    }
}
