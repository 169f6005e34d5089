namespace Tasker;

/// <summary>What a handler may know about the attempt it runs in. Valid until the handler returns.</summary>
/// <param name="step">The claimed step.</param>
/// <param name="services">The services of this attempt.</param>
/// <param name="checkpoints">Keeps checkpoints.</param>
/// <param name="cancellationToken">Set when the attempt's time is up, the task is cancelled or the worker stops.</param>
public sealed class StepContext(
    ClaimedStep step,
    IServiceProvider services,
    ICheckpointSink checkpoints,
    CancellationToken cancellationToken)
{
    /// <summary>The claimed step, with its raw JSON.</summary>
    public ClaimedStep Step { get; } = step;

    /// <summary>The services of this attempt.</summary>
    public IServiceProvider Services { get; } = services;

    /// <summary>Set when the attempt's time is up, the task is cancelled or the worker stops.</summary>
    public CancellationToken CancellationToken { get; } = cancellationToken;

    /// <summary>The task.</summary>
    public Guid TaskId => Step.TaskId;

    /// <summary>The step.</summary>
    public Guid StepId => Step.StepId;

    /// <summary>Ties together everything that one request caused.</summary>
    public Guid CorrelationId => Step.CorrelationId;

    /// <summary>The step's name in the task.</summary>
    public string StepName => Step.Name;

    /// <summary>Attempts made before this one: 0 on the first run.</summary>
    public int RetryCount => Step.Attempts;

    /// <summary>All attempts allowed, the first included.</summary>
    public int MaxAttempts => Step.MaxAttempts;

    /// <summary>Whether an earlier attempt failed.</summary>
    public bool IsRetry => RetryCount > 0;

    /// <summary>Whether a failure of this attempt is final.</summary>
    public bool IsLastRetry => RetryCount >= MaxAttempts - 1;

    internal ICheckpointSink Checkpoints { get; } = checkpoints;
}

/// <summary>Keeps the checkpoints of running steps. Implemented by work sources; safe to call from any thread.</summary>
public interface ICheckpointSink
{
    /// <summary>Keeps a checkpoint. When the returned task completes, the checkpoint survives a crash.</summary>
    /// <param name="step">The step that runs.</param>
    /// <param name="checkpoint">The checkpoint record, a UTF-8 JSON object (protocol sheet §8.6). Copied before the call returns.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken);
}
