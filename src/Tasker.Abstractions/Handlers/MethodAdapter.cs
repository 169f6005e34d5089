namespace Tasker.Handlers;

/// <summary>Binds a handler's parameters, calls it and writes its outcome.</summary>
/// <exception cref="Exception">Whatever the method throws; the worker classifies it.</exception>
public delegate ValueTask HandlerInvocation(StepBinder bind, StepOutcome outcome);

/// <summary>The adapter of an annotated method, as the generator makes it.</summary>
public sealed class MethodAdapter : HandlerAdapter
{
    private readonly HandlerInvocation _invoke;
    private readonly BoundParameter[] _parameters;

    /// <summary>Makes an adapter.</summary>
    /// <param name="callable">The stable name that templates refer to.</param>
    /// <param name="method">The handler's name among those of one callable, or <see langword="null"/> for the default one.</param>
    /// <param name="kind">Which attribute the method carries.</param>
    /// <param name="needsScope">Whether the handler uses services, so that an attempt needs a service scope.</param>
    /// <param name="invoke">Calls the method.</param>
    /// <param name="parameters">
    /// The parameters that are bound to JSON, two texts each: the name in C#, and the JSON member or the step it is bound to, empty for a whole object.
    /// </param>
    public MethodAdapter(string callable, string? method, HandlerKind kind, bool needsScope, HandlerInvocation invoke, params string[] parameters)
        : base(callable, method, kind, needsScope)
    {
        _invoke = invoke;
        _parameters = new BoundParameter[parameters.Length / 2];
        for (var i = 0; i < _parameters.Length; i++)
            _parameters[i] = new BoundParameter(parameters[2 * i], parameters[(2 * i) + 1]);
    }

    /// <inheritdoc/>
    public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) => _invoke(new StepBinder(context, _parameters), outcome);
}
