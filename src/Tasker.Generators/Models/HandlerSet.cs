using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;

namespace Tasker.Generators.Models;

/// <summary>What came of one annotated method.</summary>
/// <param name="Handler">The handler, if it can be called.</param>
/// <param name="Serializers">The serializers it needs.</param>
/// <param name="Failure">What the generator itself failed with.</param>
internal sealed record ParsedHandler(HandlerModel? Handler, EquatableArray<JsonTypeModel> Serializers, GeneratorFailure? Failure);

/// <summary>A failure of the generator itself.</summary>
/// <param name="Subject">What it worked on.</param>
/// <param name="Message">What happened.</param>
internal sealed record GeneratorFailure(string Subject, string Message)
{
    public static GeneratorFailure Of(string subject, Exception exception) => new(subject, $"{exception.GetType().Name}: {exception.Message}");
}

/// <summary>All handlers of the assembly in source order, each with a name of its own.</summary>
/// <param name="Handlers">The handlers.</param>
/// <param name="Registered">Those that the registry lists: the first of each callable and method.</param>
/// <param name="Serializers">The serializers they need, ordered by class name.</param>
/// <param name="Failures">What the generator itself failed with.</param>
/// <param name="Templates">The templates that classes declare, in source order.</param>
internal sealed record HandlerSet(
    EquatableArray<HandlerModel> Handlers,
    EquatableArray<HandlerModel> Registered,
    EquatableArray<JsonTypeModel> Serializers,
    EquatableArray<GeneratorFailure> Failures,
    EquatableArray<ClassTemplate> Templates)
{
    public static HandlerSet Create(IEnumerable<ParsedHandler> parsed, IEnumerable<ClassTemplate> templates)
    {
        var handlers = new List<HandlerModel>();
        var registered = new List<HandlerModel>();
        var serializers = new SortedDictionary<string, JsonTypeModel>(StringComparer.Ordinal);
        var failures = new List<GeneratorFailure>();

        // The names of generated files ignore case.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in parsed)
        {
            if (item.Failure is not null)
                failures.Add(item.Failure);
            foreach (var serializer in item.Serializers)
                serializers[serializer.ClassName] = serializer;
            if (item.Handler is not { } handler)
                continue;
            var name = handler.Name;
            for (var suffix = 2; !names.Add(name); suffix++)
                name = $"{handler.Name}_{suffix}";
            handler = name == handler.Name ? handler : handler with { Name = name };
            handlers.Add(handler);
            if (keys.Add(handler.Key))
                registered.Add(handler);
        }

        registered.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return new HandlerSet(
            handlers.ToEquatableArray(),
            registered.ToEquatableArray(),
            new List<JsonTypeModel>(serializers.Values).ToEquatableArray(),
            failures.ToEquatableArray(),
            Name(templates));
    }

    /// <summary>Gives every template file names of its own; file names ignore case.</summary>
    private static EquatableArray<ClassTemplate> Name(IEnumerable<ClassTemplate> templates)
    {
        var named = new List<ClassTemplate>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var template in templates)
        {
            var (source, yaml) = (template.Class.FileName, template.YamlFileName);
            for (var suffix = 2; !names.Add(source); suffix++)
                source = template.Class.FileName.Replace(".g.cs", $"_{suffix}.g.cs");
            for (var suffix = 2; !names.Add(yaml); suffix++)
                yaml = template.YamlFileName.Replace(".yaml.cs", $"_{suffix}.yaml.cs");
            named.Add(template with { Class = template.Class with { FileName = source }, YamlFileName = yaml });
        }

        return named.ToEquatableArray();
    }

    /// <summary>What templates need to know. A handler of the assembly goes before one of another.</summary>
    public HandlerMap ToMap(ReferencedHandlers referenced)
    {
        var summaries = new List<HandlerSummary>();
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var handler in Registered)
        {
            summaries.Add(HandlerSummary.Of(handler));
            keys.Add(handler.Key);
        }

        foreach (var handler in referenced.Distinct())
        {
            if (!keys.Contains(handler.Key))
                summaries.Add(HandlerSummary.Of(handler));
        }

        return new HandlerMap(summaries.ToEquatableArray(), referenced.IsHost);
    }
}
