namespace Tasker;

/// <summary>Keeps the checkpoints of running steps. Implemented by work sources; safe to call from any thread.</summary>
public interface ICheckpointSink
{
    /// <summary>Keeps a checkpoint. When the returned task completes, the checkpoint survives a crash.</summary>
    /// <param name="step">The step that runs.</param>
    /// <param name="checkpoint">The checkpoint record, a UTF-8 JSON object (protocol sheet §8.6). Copied before the call returns.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken);
}
