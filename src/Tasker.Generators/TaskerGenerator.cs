using Microsoft.CodeAnalysis;
using Tasker.Generators.Pipeline;

namespace Tasker.Generators;

/// <summary>
/// Makes of annotated methods, template classes and template files what a Tasker host runs: adapters, serializers, compiled templates, a registry and its
/// registration. Each part of the pipeline yields comparable models, so that nothing is written again that has not changed.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class TaskerGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        var declarations = HandlerPipeline.Declarations(context);
        var facts = HandlerPipeline.Facts(declarations);
        var handlers = HandlerPipeline.Handlers(declarations);
        var referenced = HandlerPipeline.Referenced(declarations);
        var map = HandlerPipeline.Map(handlers, referenced);
        var parsed = TemplatePipeline.Parse(context);
        var names = TemplatePipeline.Names(context, parsed, declarations, facts);
        var templates = TemplatePipeline.Sources(parsed, names, handlers, map, facts);

        AssemblyPipeline.ReportOldLanguage(context, facts);
        HandlerPipeline.Emit(context, facts, handlers);
        SerializerPipeline.Emit(context, handlers, referenced, templates);
        TemplatePipeline.Emit(context, templates);
        TemplatePipeline.EmitYaml(context, handlers);
        TemplatePipeline.Report(context, parsed, names, map);
        AssemblyPipeline.EmitRegistry(context, facts, handlers, templates);
        AssemblyPipeline.EmitManifest(context, facts, handlers);
        AssemblyPipeline.EmitHosting(context, facts, handlers);
    }
}
