using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Emission;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Pipeline;

/// <summary>What is emitted once an assembly: the registry and the methods that register it.</summary>
internal static class AssemblyPipeline
{
    /// <summary>With a language too old for generated code there are no handlers and no contracts, so this is all that is said.</summary>
    public static void ReportOldLanguage(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<CompilationFacts> facts)
    {
        var language = facts.Select(static (facts, _) => facts.OldLanguage);
        context.RegisterSourceOutput(language, static (output, version) =>
        {
            if (version is not null)
                output.ReportDiagnostic(Diagnostic.Create(Rules.OldLanguage, Location.None, version));
        });
    }

    public static void EmitRegistry(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValuesProvider<TemplateSource> templates)
    {
        var types = templates.Select(static (source, _) => source.Type).Gather();
        var registry = facts
            .With(handlers, static (facts, set) => new RegistryModel(facts, AdapterNames(set), []))
            .With(types, static (model, types) => model with { Templates = Sorted(types) })
            .WithTrackingName(StepNames.Registry);
        context.RegisterImplementationSourceOutput(registry, static (output, model) =>
        {
            if (model.Facts.HasContracts && (model.Facts.HasHosting || !model.Adapters.IsEmpty || !model.Templates.IsEmpty))
                output.Emit("Tasker.Registry.g.cs", model.Facts.Name, model, RegistryEmitter.Emit);
        });
    }

    /// <summary>Not an implementation detail: in an editor, other projects see only what <c>RegisterSourceOutput</c> yields.</summary>
    public static void EmitManifest(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<HandlerSet> handlers)
    {
        var manifest = facts.With(handlers, static (facts, set) => new ManifestModel(facts, Keys(set))).WithTrackingName(StepNames.Manifest);
        context.RegisterSourceOutput(manifest, static (output, model) =>
        {
            if (model.Facts.HasContracts && !model.Keys.IsEmpty)
                output.Emit("Tasker.Manifest.g.cs", model.Facts.Name, model.Keys, ManifestEmitter.Emit);
        });
    }

    public static void EmitHosting(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<HandlerSet> handlers)
    {
        var hosting = facts
            .With(handlers, static (facts, set) => new HostingModel(facts, Services(set), Clients(set)))
            .WithTrackingName(StepNames.Hosting);
        context.RegisterSourceOutput(hosting, static (output, model) =>
        {
            if (model.Facts is not { HasContracts: true, HasHosting: true })
                return;
            output.Emit("Tasker.Hosting.g.cs", model.Facts.Name, model, HostingEmitter.Emit);
            output.Emit("Tasker.Embedded.g.cs", model.Facts.Name, model, static _ => EmbeddedEmitter.Emit());
        });
    }

    private static EquatableArray<string> Keys(HandlerSet set)
    {
        var keys = new List<string>();
        foreach (var handler in set.Registered)
            keys.Add(handler.Key);
        return Sorted(keys);
    }

    private static EquatableArray<string> Sorted(IEnumerable<string> names)
    {
        var sorted = new List<string>(names);
        sorted.Sort(StringComparer.Ordinal);
        return sorted.ToEquatableArray();
    }

    private static EquatableArray<string> AdapterNames(HandlerSet set)
    {
        var names = new List<string>();
        foreach (var handler in set.Registered)
            names.Add(handler.Name);
        return names.ToEquatableArray();
    }

    private static EquatableArray<ApiClientModel> Clients(HandlerSet set)
    {
        var clients = new List<ApiClientModel>();
        foreach (var handler in set.Registered)
        {
            if (handler.Api is { } client && !clients.Contains(client))
                clients.Add(client);
        }

        return clients.ToEquatableArray();
    }

    private static EquatableArray<InstanceModel> Services(HandlerSet set)
    {
        var services = new SortedDictionary<string, InstanceModel>(StringComparer.Ordinal);
        foreach (var handler in set.Handlers)
        {
            if (handler.Instance is { IsService: true } instance)
                services[instance.Type] = instance;
        }

        return new List<InstanceModel>(services.Values).ToEquatableArray();
    }
}
