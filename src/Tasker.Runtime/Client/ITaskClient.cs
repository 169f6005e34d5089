using Tasker.Templates;

namespace Tasker.Client;

/// <summary>Starts and follows tasks. The same interface whoever orchestrates. Safe to call from many threads at once.</summary>
public interface ITaskClient
{
    /// <summary>Starts a task with a typed context.</summary>
    /// <typeparam name="TInput">The context's type.</typeparam>
    /// <param name="template">The workflow.</param>
    /// <param name="input">The task's context.</param>
    /// <param name="options">Who asks and why; defaults when not given.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been started nevertheless.</param>
    /// <returns>The started task. Once this returns, the task survives a crash.</returns>
    ValueTask<TaskHandle> StartAsync<TInput>(
        TaskTemplate<TInput> template,
        TInput input,
        StartOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Starts a task with a context that is already JSON.</summary>
    /// <param name="template">The workflow.</param>
    /// <param name="contextJson">The task's context, a UTF-8 JSON object.</param>
    /// <param name="options">Who asks and why; defaults when not given.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been started nevertheless.</param>
    /// <exception cref="ValidationException">The context is not a JSON object.</exception>
    ValueTask<TaskHandle> StartJsonAsync(
        TaskTemplate template,
        ReadOnlyMemory<byte> contextJson,
        StartOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>What is known of a task now.</summary>
    /// <returns>The task, or <see langword="null"/> when there is none with that id.</returns>
    ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>Waits until a task is in a terminal state.</summary>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    ValueTask<TaskSnapshot> WaitAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>Follows a task: its present state at once, then each change until it is terminal. Changes close together may be one item.</summary>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    IAsyncEnumerable<TaskSnapshot> WatchAsync(Guid taskId, CancellationToken cancellationToken = default);
}
