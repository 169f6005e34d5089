using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Models;

/// <summary>What templates need to know of a handler.</summary>
/// <param name="Key">Callable and method.</param>
/// <param name="IsReferenced">Whether it is of another assembly.</param>
/// <param name="Kind">Which attribute it carries, if the compiler knows.</param>
/// <param name="IsResultKnown">Whether the compiler knows what it returns.</param>
/// <param name="Result">What later steps can read of its result, if the compiler knows and there is something.</param>
/// <param name="WholeInput">The type it reads the whole task context as.</param>
/// <param name="Inputs">The members of the context that it reads; <see langword="null"/> when the compiler does not know all of them.</param>
internal sealed record HandlerSummary(
    string Key, bool IsReferenced, HandlerKind? Kind, bool IsResultKnown, ValueModel? Result, ValueModel? WholeInput, EquatableArray<InputModel>? Inputs)
{
    public static HandlerSummary Of(HandlerModel handler) =>
        new(handler.Key, IsReferenced: false, handler.Kind, IsResultKnown: true, ResultOf(handler.Outcome), WholeInputOf(handler.Parameters), ReadInputs.Of(handler.Parameters));

    public static HandlerSummary Of(ReferencedHandler handler) =>
        new(
            handler.Key,
            IsReferenced: true,
            handler.Kind,
            handler.Outcome is not null,
            ResultOf(handler.Outcome),
            WholeInputOf(handler.Parameters),
            handler.HasAllParameters ? ReadInputs.Of(handler.Parameters) : null);

    /// <summary>A batch worker's step is instantiated under other names: there is no one result to read.</summary>
    private static ValueModel? ResultOf(OutcomeModel? outcome) => outcome?.Shape is OutcomeShape.BatchResult ? null : outcome?.Value;

    private static ValueModel? WholeInputOf(EquatableArray<ParameterModel> parameters)
    {
        var wholeInput = default(ValueModel);
        foreach (var parameter in parameters)
        {
            if (parameter.Source is ParameterSource.WholeInput && !parameter.Value!.IsElement)
                wholeInput = parameter.Value;
        }

        return wholeInput;
    }
}

/// <summary>All handlers that the compiler can see, by key. Equal when what they hold is.</summary>
/// <param name="handlers">One for each key.</param>
/// <param name="isHost">Whether the assembly is a program, so that no further assembly can bring the missing ones.</param>
internal sealed class HandlerMap(EquatableArray<HandlerSummary> handlers, bool isHost) : IEquatable<HandlerMap>
{
    private readonly EquatableArray<HandlerSummary> _handlers = handlers;
    private Dictionary<string, HandlerSummary>? _byKey;

    /// <summary>Whether the assembly is a program, so that no further assembly can bring the missing ones.</summary>
    public bool IsHost { get; } = isHost;

    /// <summary>The callables that have a handler.</summary>
    public IEnumerable<string> Callables
    {
        get
        {
            for (var i = 0; i < _handlers.Count; i++)
            {
                var key = _handlers[i].Key;
                var end = key.IndexOf('\n');
                yield return end < 0 ? key : key.Substring(0, end);
            }
        }
    }

    /// <summary>The <c>Method</c> of each handler of a callable that has one.</summary>
    public IEnumerable<string> MethodsOf(string callable)
    {
        for (var i = 0; i < _handlers.Count; i++)
        {
            var key = _handlers[i].Key;
            if (key.Length > callable.Length && key[callable.Length] == '\n' && key.StartsWith(callable, StringComparison.Ordinal))
                yield return key.Substring(callable.Length + 1);
        }
    }

    /// <summary>Whether no assembly that the compiler sees has the step's handler, and nothing says that it is elsewhere.</summary>
    public bool IsMissing(StepModel step) => step.Callable.Length > 0 && step.Resolver is null && Find(step) is null;

    public HandlerSummary? Find(StepModel step)
    {
        var byKey = _byKey ??= Index();
        return byKey.TryGetValue(HandlerModel.KeyOf(step.Callable, step.Method), out var handler) ? handler : null;
    }

    public bool Equals(HandlerMap? other) => other is not null && IsHost == other.IsHost && _handlers.Equals(other._handlers);

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
