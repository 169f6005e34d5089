using System.Collections.Immutable;

namespace Tasker.Client;

/// <summary>A task at one moment. Immutable.</summary>
public sealed record TaskSnapshot
{
    private Func<ImmutableArray<StepSnapshot>>? _copySteps;
    private ImmutableArray<StepSnapshot> _steps;

    /// <summary>Creates a snapshot.</summary>
    public TaskSnapshot() => _steps = [];

    /// <summary>Creates a snapshot of a task that does not change any more: its steps are copied when somebody first asks for them.</summary>
    /// <param name="copySteps">Copies the steps. Called on any thread, and perhaps more than once.</param>
    public TaskSnapshot(Func<ImmutableArray<StepSnapshot>> copySteps) => _copySteps = copySteps;

    /// <summary>The task's id.</summary>
    public required Guid TaskId { get; init; }

    /// <summary>The template's namespace.</summary>
    public required string Namespace { get; init; }

    /// <summary>The template's name.</summary>
    public required string Name { get; init; }

    /// <summary>The template's version.</summary>
    public required string Version { get; init; }

    /// <summary>The task's state.</summary>
    public required TaskState State { get; init; }

    /// <summary>The task's context, a UTF-8 JSON object.</summary>
    public required ReadOnlyMemory<byte> Context { get; init; }

    /// <summary>Ties together everything that one request caused.</summary>
    public required Guid CorrelationId { get; init; }

    /// <summary>Who asked, why, and with which priority and tags; without <see cref="StartOptions.IdempotencyKey"/> and the other members about identity.</summary>
    public required StartOptions Options { get; init; }

    /// <summary>When the task was started.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When the task came to a terminal state.</summary>
    public DateTimeOffset? CompletedAt { get; init; }

    /// <summary>The steps that exist, in the order in which they were created.</summary>
    public ImmutableArray<StepSnapshot> Steps
    {
        get
        {
            if (Volatile.Read(ref _copySteps) is { } copySteps)
            {
                ImmutableInterlocked.InterlockedInitialize(ref _steps, copySteps());
                Volatile.Write(ref _copySteps, null);
            }

            return _steps;
        }

        init => _steps = value;
    }

    /// <summary>Finds a step by name.</summary>
    /// <returns>The step, or <see langword="null"/> when it does not exist (yet).</returns>
    public StepSnapshot? FindStep(string name)
    {
        foreach (var step in Steps)
        {
            if (step.Name == name)
                return step;
        }

        return null;
    }

    /// <summary>
    /// The first step that failed for good, or <see langword="null"/>. A task can complete in spite of one: a batch whose failure is isolated.
    /// </summary>
    public StepSnapshot? FirstFailure()
    {
        foreach (var step in Steps)
        {
            if (step.State is StepState.Error)
                return step;
        }

        return null;
    }
}
