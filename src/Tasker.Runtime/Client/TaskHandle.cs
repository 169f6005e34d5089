using Tasker.Templates;

namespace Tasker.Client;

/// <summary>A started task. Immutable, safe to share between threads. A client may derive from it when it knows more of the task than its id.</summary>
/// <param name="client">The client that started it.</param>
/// <param name="taskId">The task's id.</param>
/// <param name="isNew">Whether the call that returned this handle created the task.</param>
public class TaskHandle(ITaskClient client, Guid taskId, bool isNew = true)
{
    /// <summary>The task's id.</summary>
    public Guid Id { get; } = taskId;

    /// <summary>
    /// Whether the call that returned this handle created the task. <see langword="false"/> when an earlier request was the same
    /// (<see cref="StartOptions.Identity"/>), and for a handle made from an id.
    /// </summary>
    public bool IsNew { get; } = isNew;

    /// <summary>What is known of the task now.</summary>
    /// <exception cref="KeyNotFoundException">There is no such task.</exception>
    public async ValueTask<TaskSnapshot> GetAsync(CancellationToken cancellationToken = default) =>
        await client.GetAsync(Id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no task {Id}.");

    /// <summary>What happened to the task and its steps, and when.</summary>
    /// <exception cref="KeyNotFoundException">There is no such task.</exception>
    public async ValueTask<TaskHistory> GetHistoryAsync(CancellationToken cancellationToken = default) =>
        await client.GetHistoryAsync(Id, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no task {Id}.");

    /// <summary>Waits until nothing more happens to the task by itself: it is terminal, or blocked by failures.</summary>
    public virtual ValueTask<TaskSnapshot> WaitAsync(CancellationToken cancellationToken = default) => client.WaitAsync(Id, cancellationToken);

    /// <summary>Follows the task: its present state at once, then each change until nothing more happens by itself.</summary>
    public IAsyncEnumerable<TaskSnapshot> WatchAsync(CancellationToken cancellationToken = default) => client.WatchAsync(Id, cancellationToken);

    /// <summary>Cancels the task; see <see cref="ITaskClient.CancelAsync"/>.</summary>
    /// <exception cref="TaskStateException">The task is finished.</exception>
    public ValueTask<TaskSnapshot> CancelAsync(CancellationToken cancellationToken = default) => client.CancelAsync(Id, cancellationToken);

    /// <summary>Tries a failed step again as if it had never run; see <see cref="StepResolution.ResetForRetry"/>.</summary>
    /// <exception cref="TaskStateException">The step has not failed, or the task is finished.</exception>
    public ValueTask<TaskSnapshot> ResetForRetryAsync(StepName step, string reason, string by, CancellationToken cancellationToken = default) =>
        client.ResolveStepAsync(Id, step, StepResolution.ResetForRetry(reason, by), cancellationToken);

    /// <summary>Takes a step as done, without a result; see <see cref="StepResolution.ResolveManually"/>.</summary>
    /// <exception cref="TaskStateException">The step is done, or the task is finished.</exception>
    public ValueTask<TaskSnapshot> ResolveManuallyAsync(StepName step, string reason, string by, CancellationToken cancellationToken = default) =>
        client.ResolveStepAsync(Id, step, StepResolution.ResolveManually(reason, by), cancellationToken);

    /// <summary>Completes a step with a result that a person provides.</summary>
    /// <typeparam name="TResult">What the step's handler would return.</typeparam>
    /// <exception cref="TaskStateException">The step is done, or the task is finished.</exception>
    public ValueTask<TaskSnapshot> CompleteManuallyAsync<TResult>(
        StepRef<TResult> step,
        TResult result,
        string reason,
        string by,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        return client.ResolveStepAsync(Id, step, StepResolution.CompleteManually(step.Codec, result, reason, by), cancellationToken);
    }

    /// <summary>Takes the whole task as done; see <see cref="ITaskClient.ResolveTaskAsync"/>.</summary>
    /// <exception cref="TaskStateException">The task is finished.</exception>
    public ValueTask<TaskSnapshot> ResolveAsync(string reason, string by, CancellationToken cancellationToken = default) =>
        client.ResolveTaskAsync(Id, reason, by, cancellationToken);

    /// <summary>Waits until nothing more happens to the task by itself and reads what one of its steps returned.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    /// <exception cref="TaskFailedException">The task, or the step, did not succeed, or the step never existed.</exception>
    public async ValueTask<TResult> ResultOf<TResult>(StepRef<TResult> step, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(step);
        var task = await WaitAsync(cancellationToken).ConfigureAwait(false);
        var found = task.FindStep(step.Name);
        if (found is { State: StepState.Complete or StepState.ResolvedManually, Result.IsEmpty: false })
            return step.Codec.FromResult(found.Result.Span);

        var state = task.State.ToName();
        throw new TaskFailedException(Id, task.State, $"Step '{step.Name}' has no result: " + (task.FirstFailure(), found) switch
        {
            ({ Failure: { } why } failed, _) => $"task {Id} is in '{state}' because step '{failed.Name}' failed: {why.Message}",
            (_, { }) => $"it is in '{found.State.ToName()}', and task {Id} in '{state}'.",
            _ => $"it does not exist in task {Id}, which is in '{state}'.",
        });
    }
}
