using System.Runtime.CompilerServices;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Templates;

namespace Tasker.Embedded.Engine;

/// <summary>The engine as applications see it. What is not in the engine's memory is read from the store, without asking the engine.</summary>
internal sealed class EmbeddedTaskClient(EmbeddedEngine engine, ITaskStore store, PlanCache plans, StartRequestValidator requests) : ITaskClient
{
    private static readonly StartOptions DefaultOptions = new();

    public ValueTask<TaskHandle> StartAsync<TInput>(
        TaskTemplate<TInput> template,
        TInput input,
        StartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        return StartOwnedAsync(template, template.InputCodec.ToUtf8(input), options, cancellationToken);
    }

    public ValueTask<TaskHandle> StartJsonAsync(
        TaskTemplate template,
        ReadOnlyMemory<byte> contextJson,
        StartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        StartRequestValidator.CheckJson(template, contextJson.Span);
        return StartOwnedAsync(template, contextJson.ToArray(), options, cancellationToken);
    }

    public async ValueTask<TaskSnapshot?> GetAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        var query = new TaskQuery<TaskSnapshot>(taskId);
        engine.Post(new Command(CommandKind.Get, query));
        return await query.Reply.WaitAsync(cancellationToken).ConfigureAwait(false)
            ?? await store.ReadAsync(taskId, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask<TaskSnapshot> WaitAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        var query = new TaskQuery<TaskRun>(taskId);
        engine.Post(new Command(CommandKind.Wait, query));
        try
        {
            if (await query.Reply.WaitAsync(cancellationToken).ConfigureAwait(false) is { } finished)
                return finished.ToSnapshot();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            engine.Post(new Command(CommandKind.StopWaiting, query));
            throw;
        }

        var stored = await ReadAsync(taskId, cancellationToken).ConfigureAwait(false);
        return stored.State.IsTerminal() ? stored : throw NotLoaded(stored);
    }

    public async IAsyncEnumerable<TaskSnapshot> WatchAsync(Guid taskId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var watch = new WatchRequest(taskId);
        engine.Post(new Command(CommandKind.Watch, watch));
        try
        {
            var loaded = await watch.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
            while (true)
            {
                var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
                yield return task;
                if (task.State.IsTerminal())
                    yield break;
                if (!loaded)
                    throw NotLoaded(task);
                await watch.Changes.ReadAsync(cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            engine.Post(new Command(CommandKind.StopWatching, watch));
        }
    }

    public ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default) => throw Unsupported();

    public ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default) => throw Unsupported();

    public ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default) => throw Unsupported();

    public ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default) =>
        throw Unsupported();

    public ValueTask<TaskSnapshot> ResolveTaskAsync(Guid taskId, string reason, string resolvedBy, CancellationToken cancellationToken = default) =>
        throw Unsupported();

    public ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default) =>
        throw Unsupported();

    public ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default) =>
        throw Unsupported();

    private static NotSupportedException Unsupported() => new("The embedded engine does not do this yet.");

    private async ValueTask<TaskHandle> StartOwnedAsync(
        TaskTemplate template,
        ReadOnlyMemory<byte> context,
        StartOptions? options,
        CancellationToken cancellationToken)
    {
        options ??= DefaultOptions;
        requests.Check(template, context, options);
        var request = new StartRequest(plans.Get(template), context, options);
        engine.Post(new Command(CommandKind.Start, request));
        var id = await request.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
        return new TaskHandle(this, id);
    }

    private async ValueTask<TaskSnapshot> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        await store.ReadAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);

    private static KeyNotFoundException Unknown(Guid taskId) => new($"There is no task {taskId}.");

    private static InvalidOperationException NotLoaded(TaskSnapshot task) => new(
        $"Task {task.TaskId} does not go on: this host lacks its template '{task.Namespace}/{task.Name}/{task.Version}', or the engine has stopped.");
}
