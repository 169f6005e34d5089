using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Tasker.Templates;

namespace Tasker.Client;

/// <summary>Shorter forms of what an <see cref="ITaskClient"/> offers.</summary>
public static class TaskClientExtensions
{
    /// <summary>Starts a task whose steps read nothing of its context.</summary>
    /// <param name="client">Who starts it.</param>
    /// <param name="template">The workflow.</param>
    /// <param name="options">Who asks and why, and when two requests are the same; defaults when not given.</param>
    /// <param name="cancellationToken">Gives up waiting; the task may have been started nevertheless.</param>
    /// <returns>The started task, or the task of the same request made before.</returns>
    /// <exception cref="ValidationException">An option is out of range.</exception>
    /// <exception cref="DuplicateTaskException">The same request was made before, and the options refuse that.</exception>
    public static ValueTask<TaskHandle> StartAsync(
        this ITaskClient client,
        TaskTemplate<NoInput> template,
        StartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.StartAsync(template, default, options, cancellationToken);
    }

    /// <summary>A task that was started earlier, perhaps by another process. Nothing is asked; whether it exists shows when the handle is used.</summary>
    public static TaskHandle Handle(this ITaskClient client, Guid taskId)
    {
        ArgumentNullException.ThrowIfNull(client);
        return new TaskHandle(client, taskId, isNew: false);
    }

    /// <summary>All tasks that fit a filter, the latest first, read page by page.</summary>
    public static async IAsyncEnumerable<TaskSummary> ListAllAsync(
        this ITaskClient client,
        TaskFilter? filter = null,
        [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        filter ??= new TaskFilter();
        do
        {
            var page = await client.ListAsync(filter, cancellationToken).ConfigureAwait(false);
            foreach (var task in page.Tasks)
                yield return task;
            filter = filter with { After = page.Next };
        }
        while (filter.After is not null);
    }

    /// <summary>The steps of a task that exist now, in the order in which they were created.</summary>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    public static async ValueTask<ImmutableArray<StepSnapshot>> GetStepsAsync(
        this ITaskClient client,
        Guid taskId,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        var task = await client.GetAsync(taskId, cancellationToken).ConfigureAwait(false);
        return task?.Steps ?? throw new KeyNotFoundException($"There is no task {taskId}.");
    }

    /// <summary>One step of a task.</summary>
    /// <returns>The step, or <see langword="null"/> when it does not exist (yet).</returns>
    /// <exception cref="KeyNotFoundException">There is no task with that id.</exception>
    public static async ValueTask<StepSnapshot?> GetStepAsync(
        this ITaskClient client,
        Guid taskId,
        StepName step,
        CancellationToken cancellationToken = default)
    {
        foreach (var candidate in await client.GetStepsAsync(taskId, cancellationToken).ConfigureAwait(false))
        {
            if (candidate.Name == step.Value)
                return candidate;
        }

        return null;
    }
}
