using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
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

    private readonly IStepFacts _facts;

    /// <summary>Creates an attempt that holds all it knows of its step.</summary>
    public ClaimedStep() => _facts = new OwnFacts();

    /// <summary>Creates an attempt of a step that the work source keeps anyway.</summary>
    /// <param name="facts">The step.</param>
    [SetsRequiredMembers]
    protected ClaimedStep(IStepFacts facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        _facts = facts;
        Debug.Assert(Template is not null && Definition is not null && Name is not null, "A step has a template, a definition and a name.");
    }

    /// <inheritdoc cref="IStepFacts.TaskId"/>
    public required Guid TaskId
    {
        get => _facts.TaskId;
        init => Own.TaskId = value;
    }

    /// <inheritdoc cref="IStepFacts.StepId"/>
    public required Guid StepId
    {
        get => _facts.StepId;
        init => Own.StepId = value;
    }

    /// <inheritdoc cref="IStepFacts.CorrelationId"/>
    public required Guid CorrelationId
    {
        get => _facts.CorrelationId;
        init => Own.CorrelationId = value;
    }

    /// <inheritdoc cref="IStepFacts.ParentCorrelationId"/>
    public Guid? ParentCorrelationId
    {
        get => _facts.ParentCorrelationId;
        init => Own.ParentCorrelationId = value;
    }

    /// <inheritdoc cref="IStepFacts.Template"/>
    public required TaskTemplate Template
    {
        get => _facts.Template;
        init => Own.Template = value;
    }

    /// <inheritdoc cref="IStepFacts.Definition"/>
    public required StepDefinition Definition
    {
        get => _facts.Definition;
        init => Own.Definition = value;
    }

    /// <inheritdoc cref="IStepFacts.DefinitionNumber"/>
    public int DefinitionNumber
    {
        get => _facts.DefinitionNumber;
        init => Own.DefinitionNumber = value;
    }

    /// <inheritdoc cref="IStepFacts.Name"/>
    public required string Name
    {
        get => _facts.Name;
        init => Own.Name = value;
    }

    /// <summary>Attempts made before this one: 0 on the first run.</summary>
    public int Attempts { get; init; }

    /// <inheritdoc cref="IStepFacts.MaxAttempts"/>
    public int MaxAttempts
    {
        get => _facts.MaxAttempts;
        init => Own.MaxAttempts = value;
    }

    /// <inheritdoc cref="IStepFacts.TaskContext"/>
    public required ReadOnlyMemory<byte> TaskContext
    {
        get => _facts.TaskContext;
        init => Own.TaskContext = value;
    }

    /// <inheritdoc cref="IStepFacts.Configuration"/>
    public ReadOnlyMemory<byte> Configuration
    {
        get => _facts.Configuration;
        init => Own.Configuration = value;
    }

    /// <inheritdoc cref="IStepFacts.Inputs"/>
    public ReadOnlyMemory<byte> Inputs
    {
        get => _facts.Inputs;
        init => Own.Inputs = value;
    }

    /// <summary>The last checkpoint of an earlier attempt (protocol sheet §8.6); empty when there is none.</summary>
    public ReadOnlyMemory<byte> Checkpoint { get; init; }

    /// <summary>Why the attempt before this one failed; <see langword="null"/> on the first run and after a yield.</summary>
    public StepFailure? PreviousFailure { get; init; }

    /// <summary>The results of all transitive ancestors that have one.</summary>
    public StepResults Dependencies { get; init; } = StepResults.None;

    /// <summary>The traces that led to this step: those of the steps it waits for, or of whoever started the task. Empty when they are not known.</summary>
    public virtual IEnumerable<ActivityContext> Causes => [];

    /// <summary>
    /// A further token that stops the handler, from a source that has one. <see cref="Cancel"/> costs less: it needs no token for each step.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Whether <see cref="Cancel"/> was called.</summary>
    public bool IsCancelled => Volatile.Read(ref _run) == Cancelled;

    /// <summary>
    /// For the work source: the attempt no longer counts, so its handler is told to stop, or is not started. Returns at once; what callbacks of the handler throw
    /// counts no more than what the handler throws.
    /// </summary>
    public void Cancel()
    {
        if (Interlocked.Exchange(ref _run, Cancelled) is CancellationTokenSource stop)
            _ = stop.CancelAsync().ContinueWith(static told => _ = told.Exception, TaskScheduler.Default);
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

    private OwnFacts Own => _facts as OwnFacts
        ?? throw new InvalidOperationException("What a step is comes from its work source and cannot be set for one attempt of it.");

    private sealed class OwnFacts : IStepFacts
    {
        public Guid TaskId { get; set; }

        public Guid StepId { get; set; }

        public Guid CorrelationId { get; set; }

        public Guid? ParentCorrelationId { get; set; }

        public TaskTemplate Template { get; set; } = null!;

        public StepDefinition Definition { get; set; } = null!;

        public int DefinitionNumber { get; set; } = -1;

        public string Name { get; set; } = "";

        public int MaxAttempts { get; set; } = 3;

        public ReadOnlyMemory<byte> TaskContext { get; set; }

        public ReadOnlyMemory<byte> Configuration { get; set; } = StepDefinition.EmptyObject;

        public ReadOnlyMemory<byte> Inputs { get; set; }
    }
}
