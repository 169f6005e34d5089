using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>A task that a test followed to its end. Immutable.</summary>
public sealed class WorkflowTestRun
{
    internal WorkflowTestRun(TaskSnapshot task, TimeSpan elapsed)
    {
        Task = task;
        Elapsed = elapsed;
    }

    /// <summary>The finished task.</summary>
    public TaskSnapshot Task { get; }

    /// <summary>How long the task took by the fake clock: the sum of the waits between attempts.</summary>
    public TimeSpan Elapsed { get; }

    /// <summary>The names of the steps that exist, in the order in which they were created.</summary>
    public IReadOnlyList<string> StepNames => [.. Task.Steps.Select(step => step.Name)];

    /// <summary>A step of the task.</summary>
    /// <exception cref="ExpectationException">The task has no such step.</exception>
    public StepSnapshot Step(StepName step) => Task.FindStep(step.Value)
        ?? throw new ExpectationException($"The task was expected to have the step '{step.Value}', but it has {string.Join(", ", StepNames.Select(name => $"'{name}'"))}.");

    /// <summary>Expects that the task completed.</summary>
    /// <returns>This run.</returns>
    /// <exception cref="ExpectationException">It ended otherwise.</exception>
    public WorkflowTestRun Completed() => Task.State is TaskState.Complete
        ? this
        : throw new ExpectationException($"The task was expected to complete, but it ended in '{Task.State.ToName()}'{Because()}.");

    /// <summary>Expects that a step failed for good.</summary>
    /// <exception cref="ExpectationException">It did not.</exception>
    public StepFailure Failed(StepName step) => Step(step) switch
    {
        { State: StepState.Error, Failure: { } failure } => failure,
        var other => throw new ExpectationException($"Step '{other.Name}' was expected to fail, but it is in '{other.State.ToName()}'."),
    };

    /// <summary>Expects that a step completed.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    /// <returns>What it returned.</returns>
    /// <exception cref="ExpectationException">It did not.</exception>
    public TResult ResultOf<TResult>(StepRef<TResult> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        var done = Step(step);
        return done.State is StepState.Complete or StepState.ResolvedManually && !done.Result.IsEmpty
            ? step.Codec.FromResult(done.Result.Span)
            : throw new ExpectationException(
                $"Step '{done.Name}' was expected to complete, but it is in '{done.State.ToName()}'{(done.Failure is { } why ? $": {why.Message.TrimEnd('.')}" : "")}.");
    }

    private string Because() => Task.FirstFailure() is { Failure: { } why } step ? $", because step '{step.Name}' failed: {why.Message.TrimEnd('.')}" : "";
}
