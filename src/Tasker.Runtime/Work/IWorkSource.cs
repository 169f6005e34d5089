using System.Collections.Immutable;
using Tasker.Events;

namespace Tasker.Work;

/// <summary>
/// The seam between a worker and whoever orchestrates: the embedded engine or tasker-core. A worker calls it from many slots at once;
/// a source that talks to a server may gather those calls into one.
/// </summary>
public interface IWorkSource : ICheckpointSink
{
    /// <summary>
    /// Whether durable events are stored together with the outcome they come from. Subscribers get the durable events of any other source as if they were fast ones.
    /// Default <see langword="false"/>, or <see langword="true"/> for a source with an <see cref="Outbox"/>.
    /// </summary>
    bool KeepsEvents => Outbox is not null;

    /// <summary>Where stored events come back for the subscribers of this host; <see langword="null"/>, the default, when they go elsewhere.</summary>
    IEventOutbox? Outbox => null;

    /// <summary>Waits for a ready step and claims it. No other worker gets the same attempt.</summary>
    /// <exception cref="OperationCanceledException">The worker stops claiming.</exception>
    ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Hands over what an attempt returned. When the returned task completes, the source has taken its own copy of <paramref name="outcome"/>;
    /// until it is stored for good, a crash leads to the step being run again, never to it being lost.
    /// </summary>
    /// <param name="step">The attempt.</param>
    /// <param name="outcome">What it returned. Ignored when the attempt no longer counts, such as after a cancellation.</param>
    /// <param name="duration">How long the handler ran.</param>
    /// <param name="events">
    /// The durable events that the attempt leads to; empty for a source that does not keep events. They happen if, and only if, the outcome counts.
    /// </param>
    ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events);

    /// <summary>
    /// Takes back a batch that gives its slot away before it is finished. It is ready again at once, behind the steps that wait already, with this
    /// checkpoint and without the attempt being counted. The default keeps the checkpoint and hands the step back.
    /// </summary>
    /// <param name="step">The attempt.</param>
    /// <param name="checkpoint">The checkpoint record, a UTF-8 JSON object (protocol sheet §8.6). Valid until the returned task completes.</param>
    async ValueTask YieldAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint)
    {
        await SaveCheckpointAsync(step, checkpoint, CancellationToken.None).ConfigureAwait(false);
        await ReleaseAsync(step).ConfigureAwait(false);
    }

    /// <summary>Hands back a claimed step that was not finished, because the worker stops. The attempt does not count.</summary>
    ValueTask ReleaseAsync(ClaimedStep step);
}
