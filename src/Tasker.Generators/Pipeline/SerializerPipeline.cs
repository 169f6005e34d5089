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
        var ofHandlers = handlers.Select(static (set, _) => set.Serializers);
        var ofSchemas = templates
            .SelectMany(static (source, _) => SchemaRecords.Of(source).Serializers)
            .Collect();
        var all = ofHandlers.Combine(ofSchemas)
            .SelectMany(static (item, _) => Distinct(item.Left, item.Right))
            .WithTrackingName(StepNames.Serializers);
        context.RegisterImplementationSourceOutput(
            all,
            static (output, model) => output.Emit(JsonEmitter.HintName(model), model.DisplayName, model, JsonEmitter.Emit));
    }

    private static EquatableArray<JsonTypeModel> Distinct(EquatableArray<JsonTypeModel> handlers, IEnumerable<JsonTypeModel> schemas)
    {
        var models = new SortedDictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        foreach (var model in schemas)
            models[model.ClassName] = model;
        foreach (var model in handlers)
            models[model.ClassName] = model;
        return new List<JsonTypeModel>(models.Values).ToEquatableArray();
    }
}
