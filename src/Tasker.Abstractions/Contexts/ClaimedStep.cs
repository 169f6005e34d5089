using Tasker.Templates;

namespace Tasker;

/// <summary>
/// One attempt of one step as the work source hands it to a worker: everything the handler may read, as UTF-8 JSON. A work source may
/// derive from it to keep its own state beside. Immutable, but for being
/// cancelled, which any thread may do.
/// </summary>
public class ClaimedStep
{
    private static readonly object Cancelled = new();
    private static readonly object Ended = new();

    /// <summary>Nothing before the handler runs, then what stops it, then one of the two marks.</summary>
    private object? _run;

    /// <summary>The task.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>The step.</summary>
    public required Guid StepId { get; init; }

    /// <summary>Ties together everything that one request caused.</summary>
    public required Guid CorrelationId { get; init; }

    /// <summary>The task or request that caused the task.</summary>
    public Guid? ParentCorrelationId { get; init; }

    /// <summary>The task's template.</summary>
    public required TaskTemplate Template { get; init; }

    /// <summary>The step's definition in the template. For an instance of a batch worker, the worker's template step.</summary>
    public required StepDefinition Definition { get; init; }

    /// <summary>The step's name in the task; a batch worker's instance ends with its batch id.</summary>
    public required string Name { get; init; }

    /// <summary>Attempts made before this one: 0 on the first run.</summary>
    public int Attempts { get; init; }

    /// <summary>All attempts allowed, the first included.</summary>
    public int MaxAttempts { get; init; } = 3;

    /// <summary>The task's context, a JSON object.</summary>
    public required ReadOnlyMemory<byte> TaskContext { get; init; }

    /// <summary>The step's configuration, a JSON object: the template's <c>initialization</c> with the environment's overrides.</summary>
    public ReadOnlyMemory<byte> Configuration { get; init; } = StepDefinition.EmptyObject;

    /// <summary>The step's own inputs, such as a batch cursor (protocol sheet §5.3); empty when there are none.</summary>
    public ReadOnlyMemory<byte> Inputs { get; init; }

    /// <summary>The last checkpoint of an earlier attempt (protocol sheet §8.6); empty when there is none.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>Why the attempt before this one failed; <see langword="null"/> on the first run and after a yield.</summary>
    public StepFailure? PreviousFailure { get; init; }

    /// <summary>The results of all transitive ancestors that have one.</summary>
    public StepResults Dependencies { get; init; } = StepResults.None;

    /// <summary>The traces that led to this step: those of the steps it waits for, or of whoever started the task. Empty when they are not known.</summary>
    public virtual IEnumerable<System.Diagnostics.ActivityContext> Causes => [];

    /// <summary>
    /// A further token that stops the handler, from a source that has one. <see cref="Cancel"/> costs less: it needs no token for each step.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => Volatile.Read(ref _run) == Cancelled;

    /// <summary>For the work source: the attempt no longer counts, so its handler is told to stop, or is not started. Returns at once.</summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _run, Cancelled) is CancellationTokenSource stop)
            _ = stop.CancelAsync();
    }

    /// <summary>For the worker: the handler is about to run.</summary>
    /// <param name="stop">What stops it. It may be used for one step after the other.</param>
    /// <returns>Whether it may run: the attempt has not been cancelled.</returns>
    public bool TryBegin(CancellationTokenSource stop) => Interlocked.CompareExchange(ref _run, stop, null) is null;

    /// <summary>For the worker: the handler has ended.</summary>
    /// <returns>
    /// Whether the source given to <see cref="TryBegin"/> may be used again: not when the attempt was cancelled, which may set it at any time yet.
    /// </returns>
    public bool TryEnd() => Interlocked.Exchange(ref _run, Ended) != Cancelled;

    /// <summary>Whether the step is the placeholder batch of an empty plan, which does nothing.</summary>
    public bool IsPlaceholderBatch => BatchInputs.IsPlaceholder(Inputs.Span);
}
