namespace Tasker.Handlers;

/// <summary>Which attribute a handler carries.</summary>
public enum HandlerKind
{
    /// <summary><see cref="StepHandlerAttribute"/>.</summary>
    Step,

    /// <summary><see cref="DecisionAttribute"/>.</summary>
    Decision,

    /// <summary><see cref="BatchAnalyzerAttribute"/>.</summary>
    BatchAnalyzer,

    /// <summary><see cref="BatchWorkerAttribute"/>.</summary>
    BatchWorker,
}

/// <summary>
/// What a worker runs: binds the parameters of a handler, calls it and writes its outcome. Stateless, safe to call
/// from many threads at once.
/// </summary>
/// <param name="callable">The stable name that templates refer to.</param>
/// <param name="method">The handler's name among those of one callable, or <see langword="null"/> for the default one.</param>
/// <param name="kind">Which attribute the method carries.</param>
/// <param name="needsScope">Whether the handler uses services, so that an attempt needs a service scope.</param>
public abstract class HandlerAdapter(string callable, string? method, HandlerKind kind, bool needsScope)
{
    /// <summary>The stable name that templates refer to.</summary>
    public string Callable { get; } = callable;

    /// <summary>The handler's name among those of one callable, or <see langword="null"/> for the default one.</summary>
    public string? Method { get; } = method;

    /// <summary>Which attribute the method carries.</summary>
    public HandlerKind Kind { get; } = kind;

    /// <summary>Whether the handler uses services, so that an attempt needs a service scope.</summary>
    public bool NeedsScope { get; } = needsScope;

    /// <summary>Runs one attempt and leaves what it returned in <paramref name="outcome"/>.</summary>
    /// <exception cref="Exception">Whatever the method throws; the worker classifies it.</exception>
    public abstract ValueTask InvokeAsync(StepContext context, StepOutcome outcome);
}
