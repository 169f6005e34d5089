using Tasker.Postgres.Messages;

namespace Tasker.Postgres.Claims;

/// <summary>Turns messages into claims, wherever the messages lie.</summary>
internal interface IStepSource
{
    /// <summary>Claims steps whose messages nobody announced.</summary>
    Task<ClaimBatch> PollAsync(int slots, CancellationToken cancellationToken);

    /// <summary>Claims the steps of announced messages.</summary>
    Task<ClaimBatch> ClaimAsync(IReadOnlyList<StepMessage> announced, int slots, CancellationToken cancellationToken);

    /// <summary>Says what becomes of the messages of a batch, after its steps have been handed out.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="left">The messages that this worker does not try again now.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SettleAsync(ClaimBatch batch, IReadOnlyList<UnclaimedMessage> left, CancellationToken cancellationToken);
}
