using System.Collections.Frozen;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Postgres.Templates;

/// <summary>Which handlers this host has.</summary>
internal sealed class HostHandlers(IEnumerable<HandlerRegistry> registries)
{
    private const string DefaultMethod = "call";

    private readonly FrozenSet<(string Callable, string Method)> _handlers =
        registries.SelectMany(registry => registry.Handlers).Select(handler => (handler.Callable, handler.Method ?? DefaultMethod)).ToFrozenSet();

    public bool Runs(StepDefinition step) => _handlers.Contains((step.Callable, step.Method ?? DefaultMethod));
}
