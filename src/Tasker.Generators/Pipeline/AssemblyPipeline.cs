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
        var adapters = handlers.Select(static (set, _) => AdapterNames(set));
        var types = templates.Select(static (source, _) => source.Type).Collect().Select(static (all, _) => all.Sort(StringComparer.Ordinal).ToEquatableArray());
        var registry = facts.Combine(adapters).Combine(types)
            .Select(static (item, _) => new RegistryModel(item.Left.Left, item.Left.Right, item.Right))
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
        var keys = handlers.Select(static (set, _) => Keys(set)).Combine(facts).WithTrackingName(StepNames.Manifest);
        context.RegisterSourceOutput(keys, static (output, item) =>
        {
            if (item.Right.HasContracts && !item.Left.IsEmpty)
                output.Emit("Tasker.Manifest.g.cs", item.Right.Name, item.Left, ManifestEmitter.Emit);
        });
    }

    public static void EmitHosting(
        IncrementalGeneratorInitializationContext context,
        IncrementalValueProvider<CompilationFacts> facts,
        IncrementalValueProvider<HandlerSet> handlers)
    {
        var hosting = facts
            .Combine(handlers.Select(static (set, _) => Services(set)))
            .Combine(handlers.Select(static (set, _) => Clients(set)))
            .Select(static (item, _) => new HostingModel(item.Left.Left, item.Left.Right, item.Right))
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
        keys.Sort(StringComparer.Ordinal);
        return keys.ToEquatableArray();
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
