using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Client;

/// <summary>A started task. Immutable, safe to share between threads.</summary>
/// <param name="client">The client that started it.</param>
/// <param name="taskId">The task's id.</param>
public sealed class TaskHandle(ITaskClient client, Guid taskId)
{
    /// <summary>The task's id.</summary>
    public Guid Id { get; } = taskId;

    /// <summary>Waits until the task is in a terminal state.</summary>
    public ValueTask<TaskSnapshot> WaitAsync(CancellationToken cancellationToken = default) => client.WaitAsync(Id, cancellationToken);

    /// <summary>Follows the task: its present state at once, then each change until it is terminal.</summary>
    public IAsyncEnumerable<TaskSnapshot> WatchAsync(CancellationToken cancellationToken = default) => client.WatchAsync(Id, cancellationToken);

    /// <summary>Waits until the task is in a terminal state and reads what one of its steps returned.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    /// <exception cref="TaskFailedException">The task, or the step, did not succeed, or the step never existed.</exception>
    public async ValueTask<TResult> ResultOf<TResult>(StepRef<TResult> step, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        var task = await WaitAsync(cancellationToken).ConfigureAwait(false);
        if (task.FindStep(step.Name) is { State: StepState.Complete or StepState.ResolvedManually, Result.IsEmpty: false } done)
            return Read(step, done.Result);

        var failure = task.FirstFailure();
        throw new TaskFailedException(
            Id,
            task.State,
            failure is { Failure: { } why }
                ? $"Step '{step.Name}' has no result: task {Id} is in '{task.State.ToName()}' because step '{failure.Name}' failed: {why.Message}"
                : $"Step '{step.Name}' has no result: it did not run in task {Id}, which is in '{task.State.ToName()}'.");
    }

    /// <summary>A value that is not an object travels as <c>{"result": value}</c>.</summary>
    private static TResult Read<TResult>(StepRef<TResult> step, ReadOnlyMemory<byte> json)
    {
        if (step.Codec.IsObject || typeof(TResult) == typeof(JsonElement))
            return step.Codec.FromUtf8(json.Span);
        using var document = JsonDocument.Parse(json);
        return step.Codec.FromUtf8(System.Text.Encoding.UTF8.GetBytes(document.RootElement.GetProperty("result").GetRawText()));
    }
}
