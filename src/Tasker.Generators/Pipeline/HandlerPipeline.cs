using Microsoft.CodeAnalysis;
using Tasker.Generators.Emission;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Pipeline;

/// <summary>From the compilation to the handlers, and from each handler to its adapter.</summary>
internal static class HandlerPipeline
{
    public static IncrementalValueProvider<CompilationDeclarations> Declarations(IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider.Select(CompilationDeclarations.Of).WithTrackingName(StepNames.Declarations);

    /// <summary>Asks for types by name, which is dear in a compilation that has not been asked anything yet; so only when declarations change.</summary>
    public static IncrementalValueProvider<CompilationFacts> Facts(IncrementalValueProvider<CompilationDeclarations> declarations) =>
        declarations.Select(static (changed, _) => CompilationFacts.Of(changed)).WithTrackingName(StepNames.CompilationFacts);

    public static IncrementalValueProvider<HandlerSet> Handlers(IncrementalValueProvider<CompilationDeclarations> declarations) =>
        declarations.Select(HandlerFinder.Find).WithTrackingName(StepNames.HandlerSet);

    /// <summary>All that references announce, whether templates use it or not: once the declarations have been looked at, the compilation is gone.</summary>
    public static IncrementalValueProvider<ReferencedHandlers> Referenced(IncrementalValueProvider<CompilationDeclarations> declarations) =>
        declarations.Select(ReferencedHandlers.Of).WithTrackingName(StepNames.ReferencedHandlers);

    /// <summary>What templates need to know of handlers, those of referenced assemblies included.</summary>
    public static IncrementalValueProvider<HandlerMap> Map(IncrementalValueProvider<HandlerSet> handlers, IncrementalValueProvider<ReferencedHandlers> referenced) =>
        handlers
            .With(referenced, static (set, referenced) => set.ToMap(referenced))
            .WithTrackingName(StepNames.HandlerMap);

    public static void Emit(
        IncrementalGeneratorInitializationContext context, IncrementalValueProvider<CompilationFacts> facts, IncrementalValueProvider<HandlerSet> handlers)
    {
        var each = handlers.SelectMany(static (set, _) => set.Handlers).WithTrackingName(StepNames.Handlers)
            .With(facts.Select(static (facts, _) => AdapterEmitter.ClassName(facts)), static (handler, className) => new AdapterModel(className, handler));
        context.RegisterImplementationSourceOutput(
            each,
            static (output, adapter) => output.Emit($"Tasker.Handlers.{adapter.Handler.Name}.g.cs", adapter.Handler.DisplayName, adapter, AdapterEmitter.Emit));

        var failures = handlers.SelectMany(static (set, _) => set.Failures);
        context.RegisterSourceOutput(failures, static (output, failure) => output.Report(failure));
    }
}
