using System.Diagnostics;
using System.Threading.Channels;
using System.Threading.Tasks.Sources;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>A request that the engine answers, or refuses.</summary>
internal interface IRefusable
{
    void Refuse(Exception reason);
}

/// <summary>A request that somebody waits for.</summary>
internal abstract class Request<TReply> : IRefusable
{
    private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Reply => _reply.Task;

    public TaskCompletionSource<TReply> Source => _reply;

    public void Refuse(Exception reason) => _reply.TrySetException(reason);
}

/// <summary>A task to start. Replied to once it is stored. One object, since each task needs it: it is its own answer.</summary>
internal sealed class StartRequest(ITaskClient client, TaskPlan plan, ReadOnlyMemory<byte> context, StartOptions options, string? identityHash)
    : IRefusable, IValueTaskSource<TaskHandle>
{
    private ManualResetValueTaskSourceCore<TaskHandle> _reply = new() { RunContinuationsAsynchronously = true };

    /// <summary>The answer, to be awaited once.</summary>
    public ValueTask<TaskHandle> Reply => new(this, _reply.Version);

    /// <summary>What makes another request the same; <see langword="null"/> when nothing does.</summary>
    public string? IdentityHash { get; } = identityHash;

    public bool RefuseDuplicate { get; init; }

    /// <summary>The trace of who asks.</summary>
    public Activity? Cause { get; } = Activity.Current;

    public TaskPlan Plan { get; } = plan;

    public ReadOnlyMemory<byte> Context { get; } = context;

    public StartOptions Options { get; } = options;

    /// <summary>The task is in memory.</summary>
    public void Answer(TaskRun run, bool isNew) => _reply.SetResult(new EmbeddedTaskHandle(client, run, isNew));

    /// <summary>The same request was made before, and its task has left memory.</summary>
    public void Answer(Guid existing) => _reply.SetResult(new TaskHandle(client, existing, isNew: false));

    public void Refuse(Exception reason) => _reply.SetException(reason);

    TaskHandle IValueTaskSource<TaskHandle>.GetResult(short token) => _reply.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<TaskHandle>.GetStatus(short token) => _reply.GetStatus(token);

    void IValueTaskSource<TaskHandle>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _reply.OnCompleted(continuation, state, token, flags);
}

/// <summary>A checkpoint to keep. Replied to once it is stored.</summary>
internal sealed class CheckpointRequest(EmbeddedStep step, ReadOnlyMemory<byte> checkpoint) : Request<bool>
{
    public EmbeddedStep Step { get; } = step;

    public ReadOnlyMemory<byte> Checkpoint { get; } = checkpoint;
}

/// <summary>A question about a task. Replied to with nothing when the engine does not hold the task: then the store knows.</summary>
internal sealed class TaskQuery<TReply>(Guid taskId) : Request<TReply?>
    where TReply : class
{
    public Guid TaskId { get; } = taskId;
}

/// <summary>Somebody wants to know of each change of a task. Replied to with whether the engine holds the task.</summary>
internal sealed class WatchRequest(Guid taskId) : Request<bool>
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public Guid TaskId { get; } = taskId;

    /// <summary>Holds one item when the task changed since it was last read.</summary>
    public ChannelReader<bool> Changes => _changes.Reader;

    public ChannelWriter<bool> Changed => _changes.Writer;
}

/// <summary>Which tasks that the engine holds fit a filter; replied to in no particular order.</summary>
internal sealed class ListQuery(TaskFilter filter) : Request<IReadOnlyList<TaskSummary>>
{
    public TaskFilter Filter { get; } = filter;
}

/// <summary>Something that a person does to a task. Replied to once it is stored.</summary>
/// <param name="taskId">The task.</param>
/// <param name="act">Does it, or throws before it changes anything.</param>
internal sealed class ActRequest(Guid taskId, Action<TaskRun, DateTimeOffset, Changes> act) : Request<TaskSnapshot>
{
    public Guid TaskId { get; } = taskId;

    public Action<TaskRun, DateTimeOffset, Changes> Act { get; } = act;
}

/// <summary>A dead letter to close. Replied to once it is stored.</summary>
internal sealed class ResolveDeadLetterRequest(Guid entryId, DeadLetterResolution resolution) : Request<DeadLetter>
{
    public Guid EntryId { get; } = entryId;

    public DeadLetterResolution Resolution { get; } = resolution;
}
