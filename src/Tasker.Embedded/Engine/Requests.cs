using System.Threading.Channels;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>A request that somebody waits for.</summary>
internal abstract class Request<TReply>
{
    private readonly TaskCompletionSource<TReply> _reply = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<TReply> Reply => _reply.Task;

    public TaskCompletionSource<TReply> Source => _reply;
}

/// <summary>A task to start. Replied to with its id, once it is stored.</summary>
internal sealed class StartRequest(TaskPlan plan, ReadOnlyMemory<byte> context, StartOptions options) : Request<Guid>
{
    public TaskPlan Plan { get; } = plan;

    public ReadOnlyMemory<byte> Context { get; } = context;

    public StartOptions Options { get; } = options;
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
