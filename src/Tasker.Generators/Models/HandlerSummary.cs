using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>What templates need to know of a handler.</summary>
/// <param name="Key">Callable and method.</param>
/// <param name="Result">What later steps can read of its result, if the compiler knows.</param>
/// <param name="WholeInput">The type it reads the whole task context as.</param>
internal sealed record HandlerSummary(string Key, ValueModel? Result, ValueModel? WholeInput);

/// <summary>All handlers of the assembly by key. Equal when the summaries are.</summary>
internal sealed class HandlerMap(EquatableArray<HandlerSummary> handlers) : IEquatable<HandlerMap>
{
    private readonly EquatableArray<HandlerSummary> _handlers = handlers;
    private Dictionary<string, HandlerSummary>? _byKey;

    public HandlerSummary? Find(StepModel step)
    {
        var byKey = _byKey ??= Index();
        return byKey.TryGetValue(HandlerModel.KeyOf(step.Callable, step.Method), out var handler) ? handler : null;
    }

    public bool Equals(HandlerMap? other) => other is not null && _handlers.Equals(other._handlers);

    public override bool Equals(object? obj) => Equals(obj as HandlerMap);

    public override int GetHashCode() => _handlers.GetHashCode();

    private Dictionary<string, HandlerSummary> Index()
    {
        var byKey = new Dictionary<string, HandlerSummary>(StringComparer.Ordinal);
        foreach (var handler in _handlers)
            byKey[handler.Key] = handler;
        return byKey;
    }
}
