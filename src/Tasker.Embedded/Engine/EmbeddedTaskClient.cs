using System.Runtime.CompilerServices;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Templates;

namespace Tasker.Embedded.Engine;

/// <summary>The engine as applications see it. What is not in the engine's memory is read from the store, without asking the engine.</summary>
internal sealed class EmbeddedTaskClient(EmbeddedEngine engine, ITaskStore store, PlanCache plans, StartRequestValidator requests) : ITaskClient
{
    private const int MaxReason = 500;
    private const int MaxName = 128;
    private const int MaxResolver = 255;
    private const int MaxNotes = 4000;

    private static readonly StartOptions DefaultOptions = new();

    public ValueTask<TaskHandle> StartAsync<TInput>(
        TaskTemplate<TInput> template,
        TInput input,
        StartOptions? options = null,
        CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(template);
        return StartOwnedAsync(template, ContextJson.Write(template.InputCodec, input), options, cancellationToken);
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
            ?? (await store.ReadAsync(taskId, cancellationToken).ConfigureAwait(false))?.Task;
    }

    public async ValueTask<TaskPage> ListAsync(TaskFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new TaskFilter();
        var before = CheckPage(filter.PageSize, filter.After);
        var query = new ListQuery(filter);
        engine.Post(new Command(CommandKind.List, query));
        var inMemory = await query.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
        var stored = await store.ListAsync(filter, before, cancellationToken).ConfigureAwait(false);
        var found = inMemory.Where(task => before is not { } id || task.TaskId < id)
            .UnionBy(stored, task => task.TaskId)
            .OrderByDescending(task => task.TaskId)
            .Take(filter.PageSize)
            .ToList();
        var next = found.Count == filter.PageSize ? found[^1].TaskId.ToString() : null;

        // The store's row of a task that goes on may be of a moment ago, when it still fitted.
        for (var i = found.Count - 1; i >= 0; i--)
        {
            if (!found[i].State.IsSettled() && await GetAsync(found[i].TaskId, cancellationToken).ConfigureAwait(false) is { } task
                && task.State != found[i].State && !inMemory.Contains(found[i]))
            {
                found.RemoveAt(i);
            }
        }

        return new TaskPage { Tasks = [.. found], Next = next };
    }

    public async ValueTask<TaskHistory?> GetHistoryAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        var query = new TaskQuery<TaskRecord>(taskId);
        engine.Post(new Command(CommandKind.History, query));
        var record = await query.Reply.WaitAsync(cancellationToken).ConfigureAwait(false)
            ?? await store.ReadAsync(taskId, cancellationToken).ConfigureAwait(false);
        return record is null ? null : HistoryBuilder.Build(record);
    }

    public async ValueTask<TaskSnapshot> WaitAsync(Guid taskId, CancellationToken cancellationToken = default)
    {
        // A task that leaves memory while it is asked for is in the store then; one that a person lets go on at that moment is back in memory.
        for (var again = true; ; again = false)
        {
            if (await WaitInMemoryAsync(taskId, cancellationToken).ConfigureAwait(false) is { } settled)
                return settled;
            var stored = await store.ReadAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
            if (stored.Task.State.IsSettled())
                return stored.Task;
            if (!again)
                throw NotLoaded(stored.Task);
        }
    }

    public async IAsyncEnumerable<TaskSnapshot> WatchAsync(Guid taskId, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var missed = false;
        while (true)
        {
            var watch = new WatchRequest(taskId);
            engine.Post(new Command(CommandKind.Watch, watch));
            try
            {
                var loaded = await watch.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
                do
                {
                    while (watch.Changes.TryRead(out _))
                    {
                        // What is read now holds these changes, too.
                    }

                    var task = await GetAsync(taskId, cancellationToken).ConfigureAwait(false) ?? throw Unknown(taskId);
                    yield return task;
                    if (task.State.IsSettled())
                        yield break;
                    if (!loaded && missed)
                        throw NotLoaded(task);
                    missed = !loaded;
                }
                while (loaded && await watch.Changes.WaitToReadAsync(cancellationToken).ConfigureAwait(false));
            }
            finally
            {
                engine.Post(new Command(CommandKind.StopWatching, watch));
            }
        }
    }

    public ValueTask<TaskSnapshot> CancelAsync(Guid taskId, CancellationToken cancellationToken = default) =>
        ActAsync(taskId, static (run, now, changes) => run.Cancel(now, changes), cancellationToken);

    public ValueTask<TaskSnapshot> ResolveStepAsync(Guid taskId, StepName step, StepResolution resolution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resolution);
        CheckText(resolution.Reason, MaxReason, "The reason");
        CheckText(resolution.By, MaxName, "The name of who resolves the step");
        return ActAsync(taskId, (run, now, changes) => run.ResolveStep(step.Value, resolution, now, changes), cancellationToken);
    }

    public ValueTask<TaskSnapshot> ResolveTaskAsync(Guid taskId, string reason, string resolvedBy, CancellationToken cancellationToken = default)
    {
        CheckText(reason, MaxReason, "The reason");
        CheckText(resolvedBy, MaxName, "The name of who resolves the task");
        return ActAsync(taskId, (run, now, changes) => run.Resolve(reason, resolvedBy, now, changes), cancellationToken);
    }

    public async ValueTask<DeadLetterPage> ListDeadLettersAsync(DeadLetterFilter? filter = null, CancellationToken cancellationToken = default)
    {
        filter ??= new DeadLetterFilter();
        var before = CheckPage(filter.PageSize, filter.After);
        var found = await store.ListDeadLettersAsync(filter, before, cancellationToken).ConfigureAwait(false);
        return new DeadLetterPage { DeadLetters = [.. found], Next = found.Count == filter.PageSize ? found[^1].EntryId.ToString() : null };
    }

    public async ValueTask<DeadLetter> ResolveDeadLetterAsync(Guid entryId, DeadLetterResolution resolution, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(resolution);
        if (resolution.Status is <= DeadLetterStatus.Pending or > DeadLetterStatus.Cancelled)
        {
            throw new ValidationException(
                $"A dead letter cannot be closed as '{resolution.Status}'; say {nameof(DeadLetterStatus.ManuallyResolved)}, " +
                $"{nameof(DeadLetterStatus.PermanentlyFailed)} or {nameof(DeadLetterStatus.Cancelled)}.");
        }

        CheckText(resolution.ResolvedBy, MaxResolver, "The name of who closes the dead letter");
        if (resolution.Notes is { Length: > MaxNotes } notes)
            throw new ValidationException($"The notes have {notes.Length} characters; give at most {MaxNotes}.");
        var request = new ResolveDeadLetterRequest(entryId, resolution);
        engine.Post(new Command(CommandKind.ResolveDeadLetter, request));
        return await request.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private ValueTask<TaskHandle> StartOwnedAsync(
        TaskTemplate template,
        ReadOnlyMemory<byte> context,
        StartOptions? options,
        CancellationToken cancellationToken)
    {
        StartRequest request;
        try
        {
            options ??= DefaultOptions;
            requests.Check(template, context, options);
            var identity = TaskIdentities.Hash(template, context, options);
            request = new StartRequest(this, plans.Get(template), context, WithoutIdentity(options), identity)
            {
                RefuseDuplicate = options.OnDuplicate is DuplicateRequest.Refuse,
            };
        }
        catch (Exception exception)
        {
            return ValueTask.FromException<TaskHandle>(exception);
        }

        engine.Post(new Command(CommandKind.Start, request));
        return cancellationToken.CanBeCanceled ? new ValueTask<TaskHandle>(request.Reply.AsTask().WaitAsync(cancellationToken)) : request.Reply;
    }

    private async ValueTask<TaskSnapshot?> WaitInMemoryAsync(Guid taskId, CancellationToken cancellationToken)
    {
        var query = new TaskQuery<TaskRun>(taskId);
        engine.Post(new Command(CommandKind.Find, query));
        var run = await query.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
        return run is null ? null : (await run.Followers.Settled.WaitAsync(cancellationToken).ConfigureAwait(false)).ToFinalSnapshot();
    }

    private async ValueTask<TaskSnapshot> ActAsync(Guid taskId, Action<TaskRun, DateTimeOffset, Changes> act, CancellationToken cancellationToken)
    {
        var request = new ActRequest(taskId, act);
        engine.Post(new Command(CommandKind.Act, request));
        return await request.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The task keeps a hash of what makes it the same as another, not the options that led to it.</summary>
    private static StartOptions WithoutIdentity(StartOptions options) =>
        options.Identity is null && options.IdempotencyKey is null && options.OnDuplicate is DuplicateRequest.ReturnExisting
            ? options
            : options with { Identity = null, IdempotencyKey = null, OnDuplicate = DuplicateRequest.ReturnExisting };

    private static Guid? CheckPage(int size, string? after)
    {
        if (size is < 1 or > TaskFilter.MaxPageSize)
            throw new ValidationException($"The page size is {size}; it must be between 1 and {TaskFilter.MaxPageSize}.");
        if (after is null)
            return null;
        return Guid.TryParse(after, out var id)
            ? id
            : throw new ValidationException($"'{after}' is not the {nameof(TaskPage.Next)} of a page; pass on what the page before returned.");
    }

    private static void CheckText(string? text, int most, string what)
    {
        if (string.IsNullOrWhiteSpace(text) || text.Length > most)
            throw new ValidationException($"{what} {(string.IsNullOrWhiteSpace(text) ? "is missing" : $"has {text.Length} characters")}; give 1 to {most}.");
    }

    private static KeyNotFoundException Unknown(Guid taskId) => new($"There is no task {taskId}.");

    private static InvalidOperationException NotLoaded(TaskSnapshot task) => new(
        $"Task {task.TaskId} does not go on: this host lacks its template '{task.Namespace}/{task.Name}/{task.Version}' or a step of it, as the log of the engine's start says, " +
        "or the engine has stopped.");
}
