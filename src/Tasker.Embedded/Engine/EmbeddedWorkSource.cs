using System.Collections.Immutable;
using Tasker.Embedded.Orchestration;
using Tasker.Events;
using Tasker.Work;

namespace Tasker.Embedded.Engine;

/// <summary>The engine as workers see it.</summary>
internal sealed class EmbeddedWorkSource(EmbeddedEngine engine) : IWorkSource
{
    public IEventOutbox Outbox => engine.Outbox;

    public ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken) => engine.ClaimAsync(cancellationToken);

    public ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events)
    {
        engine.Post(new Command(CommandKind.Completed, step, AttemptOutcome.CopyOf(outcome, duration, events)), onSlot: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>Like an outcome it waits in memory when it cannot be stored at once, so that no batch is left with nobody at work on it.</summary>
    public ValueTask YieldAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint)
    {
        engine.Post(new Command(CommandKind.Yielded, step, checkpoint.ToArray()));
        return ValueTask.CompletedTask;
    }

    public ValueTask ReleaseAsync(ClaimedStep step)
    {
        engine.Post(new Command(CommandKind.Released, step));
        return ValueTask.CompletedTask;
    }

    public async ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        var request = new CheckpointRequest((EmbeddedStep)step, checkpoint.ToArray());
        engine.Post(new Command(CommandKind.Checkpoint, request));
        await request.Reply.WaitAsync(cancellationToken).ConfigureAwait(false);
    }
}
