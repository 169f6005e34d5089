using Tasker.Postgres.Messages;
using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Claims;

/// <summary>PGMQ queues in the database of the steps: one statement reads or takes the messages, claims their steps, and archives them.</summary>
internal sealed class QueuesBesideSteps(ClaimStatement statement, ClaimSettings settings) : IStepSource
{
    private readonly string[] _queues = [.. settings.Namespaces.Select(QueueNames.Steps)];

    public Task<ClaimBatch> PollAsync(int slots, CancellationToken cancellationToken) => statement.PollAsync(_queues, slots, cancellationToken);

    public Task<ClaimBatch> ClaimAsync(IReadOnlyList<StepMessage> announced, int slots, CancellationToken cancellationToken) =>
        statement.ClaimAsync(announced, slots, archive: true, cancellationToken);

    /// <summary>The claim has done it. What is left becomes visible again by itself.</summary>
    public ValueTask SettleAsync(ClaimBatch batch, IReadOnlyList<UnclaimedMessage> left, CancellationToken cancellationToken) => default;
}
