using System.Collections.Frozen;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Worker;

/// <summary>All handlers of a host, from the registries of its assemblies.</summary>
internal sealed class HandlerTable
{
    private const string DefaultMethod = "call";

    private readonly FrozenDictionary<string, HandlerAdapter> _defaults;
    private readonly FrozenDictionary<(string Callable, string Method), HandlerAdapter> _named;

    public HandlerTable(IEnumerable<HandlerRegistry> registries)
    {
        var defaults = new Dictionary<string, HandlerAdapter>(StringComparer.Ordinal);
        var named = new Dictionary<(string, string), HandlerAdapter>();
        foreach (var registry in registries.Distinct())
        {
            foreach (var handler in registry.Handlers)
            {
                var added = IsDefault(handler.Method)
                    ? defaults.TryAdd(handler.Callable, handler)
                    : named.TryAdd((handler.Callable, handler.Method!), handler);
                if (!added)
                {
                    throw new ConfigurationException(
                        $"Two handlers of this host have the callable '{handler.Callable}'" +
                        (IsDefault(handler.Method) ? "" : $" and the method '{handler.Method}'") +
                        ". Callables are unique in a host; rename one, or give one a Method.");
                }
            }
        }

        _defaults = defaults.ToFrozenDictionary(StringComparer.Ordinal);
        _named = named.ToFrozenDictionary();
    }

    public HandlerAdapter? Find(StepDefinition step)
    {
        if (IsDefault(step.Method))
            return _defaults.GetValueOrDefault(step.Callable);
        return _named.GetValueOrDefault((step.Callable, step.Method!));
    }

    private static bool IsDefault(string? method) => method is null or DefaultMethod;
}
