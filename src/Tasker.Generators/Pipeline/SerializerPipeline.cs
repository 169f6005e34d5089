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
        IncrementalValueProvider<ReferencedHandlers> referenced,
        IncrementalValuesProvider<TemplateSource> templates)
    {
        var ofReferences = templates.SelectMany(static (source, _) => source.Serializers).Gather()
            .With(referenced, static (names, referenced) => referenced.TypesOf(names));
        var ofSchemas = templates.SelectMany(static (source, _) => TemplateRecords.Of(source).Serializers).Gather();
        var all = handlers
            .With(ofSchemas.With(ofReferences, static (schemas, references) => Distinct(schemas, references)), static (set, others) => Distinct(set.Serializers, others))
            .SelectMany(static (models, _) => models)
            .WithTrackingName(StepNames.Serializers);
        context.RegisterImplementationSourceOutput(
            all,
            static (output, model) => output.Emit(JsonEmitter.HintName(model), model.DisplayName, model, JsonEmitter.Emit));
    }

    private static EquatableArray<JsonTypeModel> Distinct(EquatableArray<JsonTypeModel> some, EquatableArray<JsonTypeModel> others)
    {
        var models = new SortedDictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        foreach (var model in others)
            models[model.ClassName] = model;
        foreach (var model in some)
            models[model.ClassName] = model;
        return new List<JsonTypeModel>(models.Values).ToEquatableArray();
    }
}
