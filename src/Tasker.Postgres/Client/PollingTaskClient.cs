using System.Runtime.CompilerServices;
using Tasker.Client;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>What the clients of tasker-core have in common: nothing is pushed, so a task is followed by looking at it.</summary>
internal abstract class PollingTaskClient(StartRequestValidator validator, TimeSpan pollInterval, TimeProvider time) : ITaskClient
{
    private static readonly StartOptions DefaultOptions = new();

    protected TimeProvider Time { get; } = time;

    public ValueTask<TaskHandle> StartAsync<TInput>(TaskTemplate<TInput> template, TInput input, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        return CheckAndStartAsync(template, template.InputCodec.ToUtf8(input), options ?? DefaultOptions, cancellationToken);
    }

    public ValueTask<TaskHandle> StartJsonAsync(TaskTemplate template, ReadOnlyMemory<byte> contextJson, StartOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        StartRequestValidator.CheckJson(template, contextJson.Span);
        return CheckAndStartAsync(template, contextJson, options ?? DefaultOptions, cancellationToken);
    }

    public abstract ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default);

    public abstract ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default);

    public abstract ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default);

    public async ValueTask<TaskSnapshot> WaitAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var task = await ReadAsync(taskId, cancellationToken).ConfigureAwait(false);
            if (task.State.IsSettled())
                return task;
            await Task.Delay(pollInterval, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    public async IAsyncEnumerable<TaskSnapshot> WatchAsync(Guid taskId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        string? last = null;
        while (true)
        {
            var task = await ReadAsync(taskId, cancellationToken).ConfigureAwait(false);
            var seen = $"{task.State} {string.Join(' ', task.Steps.Select(step => $"{step.Name}={step.State}/{step.Attempts}"))}";
            if (seen != last)
                yield return task;
            last = seen;
            if (task.State.IsSettled())
                yield break;
            await Task.Delay(pollInterval, Time, cancellationToken).ConfigureAwait(false);
        }
    }

    public abstract ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default);

    public abstract ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default);

    public ValueTask<TaskSnapshot> ResolveTaskAsync(Guid taskId, string reason, string resolvedBy, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("tasker-core cannot resolve a task as a whole; resolve its steps with ResolveStepAsync, or cancel it with CancelAsync.");

    public abstract ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default);

    public abstract ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default);

    protected abstract ValueTask<TaskHandle> SubmitAsync(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, CancellationToken cancellationToken);

    private ValueTask<TaskHandle> CheckAndStartAsync(TaskTemplate template, ReadOnlyMemory<byte> context, StartOptions options, CancellationToken cancellationToken)
    {
        validator.Check(template, context, options);
        TaskRequestJson.CheckContext(template, context.Span);
        return SubmitAsync(template, context, options, cancellationToken);
    }

    private async ValueTask<TaskSnapshot> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw new KeyNotFoundException($"There is no task {taskId}.");
}
