using Tasker.Templates;

namespace Tasker.Client;

/// <summary>
/// Starts, follows, finds and mends tasks. The same interface whoever orchestrates: the embedded engine or tasker-core (protocol sheet §10). Safe
/// to call from many threads at once. <see cref="TaskHandle"/> and <see cref="TaskClientExtensions"/> offer shorter forms.
/// </summary>
public interface ITaskClient
{
    /// <summary>Starts a task with a typed context.</summary>
    /// <typeparam name="TInput">The context's type.</typeparam>
    /// <param name="template">The workflow.</param>
    /// <param name="input">The task's context.</param>
    /// <param name="options">Who asks and why, and when two requests are the same; defaults when not given.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been started nevertheless.</param>
    /// <returns>
    /// The started task. Once this returns, the task survives a crash. When the same request was made before, the task of that one
    /// (<see cref="TaskHandle.IsNew"/> is <see langword="false"/>), unless <see cref="StartOptions.OnDuplicate"/> says otherwise.
    /// </returns>
    /// <exception cref="ValidationException">An option is out of range, or the context does not fit the template's <c>input_schema</c>.</exception>
    /// <exception cref="DuplicateTaskException">The same request was made before, and the options refuse that.</exception>
    ValueTask<TaskHandle> StartAsync<TInput>(
        TaskTemplate<TInput> template,
        TInput input,
        StartOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>Starts a task with a context that is already JSON.</summary>
    /// <param name="template">The workflow.</param>
    /// <param name="contextJson">The task's context, a UTF-8 JSON object.</param>
    /// <param name="options">Who asks and why, and when two requests are the same; defaults when not given.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been started nevertheless.</param>
    /// <returns>The started task, or the task of the same request made before.</returns>
    /// <exception cref="ValidationException">
    /// The context is not a JSON object or does not fit the template's <c>input_schema</c>, or an option is out of range.
    /// </exception>
    /// <exception cref="DuplicateTaskException">The same request was made before, and the options refuse that.</exception>
    ValueTask<TaskHandle> StartJsonAsync(
        TaskTemplate template,
        ReadOnlyMemory<byte> contextJson,
        StartOptions? options = null,
        CancellationToken cancellationToken = default);

    /// <summary>What is known of a task now, its steps included.</summary>
    /// <returns>The task, or <see langword="null"/> when there is none with that id.</returns>
    ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>Finds tasks, the latest first, one page at a time (protocol sheet §10.1). <c>ListAllAsync</c> reads page after page.</summary>
    /// <param name="filter">Which tasks, and how many a page; all of them, 50 a page, when not given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ValidationException">The filter is out of range, or its <see cref="TaskFilter.After"/> is of no page.</exception>
    ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>What happened to a task and its steps, and when.</summary>
    /// <returns>The history, or <see langword="null"/> when there is no task with that id.</returns>
    ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Waits until nothing more happens to a task by itself: it is in a terminal state, or in <see cref="TaskState.BlockedByFailures"/>
    /// (see <see cref="StateNames.IsSettled"/>). Pushed, not polled, by the embedded engine.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    ValueTask<TaskSnapshot> WaitAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Follows a task: its present state at once, then each change until nothing more happens by itself. Changes close together may be one item.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    IAsyncEnumerable<TaskSnapshot> WatchAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Cancels a task (protocol sheet §8.9): steps that are not done become <see cref="StepState.Cancelled"/>, then the task. A running handler's
    /// cancellation token is set where the worker can be reached; what it returns is ignored. A task that is cancelled already stays as it is.
    /// </summary>
    /// <returns>The cancelled task. Once this returns, the cancellation survives a crash.</returns>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    /// <exception cref="TaskStateException">The task is finished.</exception>
    ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default);

    /// <summary>
    /// Mends one step by hand (protocol sheet §9.2, §10.4): tries it again from its first attempt, takes it as done, or gives it a result. The task
    /// goes on from there.
    /// </summary>
    /// <param name="taskId">The task.</param>
    /// <param name="step">The step's name in the task.</param>
    /// <param name="resolution">What to do with the step, who says so, and why.</param>
    /// <param name="cancellationToken">Gives up waiting; the step may have been resolved nevertheless.</param>
    /// <returns>The task after that. Once this returns, the resolution survives a crash.</returns>
    /// <exception cref="KeyNotFoundException">There is no task with that id, or it has no such step.</exception>
    /// <exception cref="TaskStateException">The step, or its task, is not in a state that allows it.</exception>
    /// <exception cref="ValidationException">A reason or name is missing or too long, or a result does not fit its step.</exception>
    ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default);

    /// <summary>
    /// Takes a whole task as done that people finished by other means: it becomes <see cref="TaskState.ResolvedManually"/>, and steps that are not
    /// done become <see cref="StepState.Cancelled"/>.
    /// </summary>
    /// <param name="taskId">The task.</param>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="resolvedBy">Who says so, 1 to 128 characters.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been resolved nevertheless.</param>
    /// <returns>The task after that.</returns>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    /// <exception cref="TaskStateException">The task is finished.</exception>
    ValueTask<TaskSnapshot> ResolveTaskAsync(Guid taskId, string reason, string resolvedBy, CancellationToken cancellationToken = default);

    /// <summary>Finds dead letters: tasks that were given up because they were stale (protocol sheet §8.8). The latest first.</summary>
    /// <param name="filter">Which ones, and how many a page; those that wait for somebody, 50 a page, when not given.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ValidationException">The filter is out of range, or its <see cref="DeadLetterFilter.After"/> is of no page.</exception>
    ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default);

    /// <summary>
    /// Closes a dead letter. It says what became of the matter; it does not change the task. To let the task go on, reset a step of it with
    /// <see cref="ResolveStepAsync"/>. Closing it once more with the same words changes nothing.
    /// </summary>
    /// <param name="entryId">The dead letter.</param>
    /// <param name="resolution">What became of it, and who says so.</param>
    /// <param name="cancellationToken">Gives up waiting; the dead letter may have been closed nevertheless.</param>
    /// <returns>The closed dead letter.</returns>
    /// <exception cref="KeyNotFoundException">There is no dead letter with that id.</exception>
    /// <exception cref="TaskStateException">It is closed with other words already; a deployment of tasker-core replaces them instead.</exception>
    /// <exception cref="ValidationException">A text is too long, or the status is <see cref="DeadLetterStatus.Pending"/>.</exception>
    ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default);
}
