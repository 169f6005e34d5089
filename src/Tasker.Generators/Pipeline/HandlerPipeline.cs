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
    public static IncrementalValueProvider<CompilationFacts> Facts(IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider
            .Select(static (compilation, _) => new CompilationFacts(
                compilation.AssemblyName ?? "Assembly",
                compilation.GetTypeByMetadataName(KnownNames.HandlerRegistry) is not null,
                compilation.GetTypeByMetadataName(KnownNames.TaskerBuilder) is not null))
            .WithTrackingName(StepNames.CompilationFacts);

    public static IncrementalValueProvider<HandlerSet> Handlers(IncrementalGeneratorInitializationContext context) =>
        context.CompilationProvider
            .Select(CompilationDeclarations.Of)
            .WithTrackingName(StepNames.Declarations)
            .Select(HandlerFinder.Find)
            .WithTrackingName(StepNames.HandlerSet);

    public static void Emit(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<HandlerSet> handlers)
    {
        var each = handlers.SelectMany(static (set, _) => set.Handlers).WithTrackingName(StepNames.Handlers);
        context.RegisterImplementationSourceOutput(
            each,
            static (output, handler) => output.Emit($"Tasker.Handlers.{handler.Name}.g.cs", handler.DisplayName, handler, AdapterEmitter.Emit));

        var failures = handlers.SelectMany(static (set, _) => set.Failures);
        context.RegisterSourceOutput(failures, static (output, failure) => output.Report(failure));
    }
}
