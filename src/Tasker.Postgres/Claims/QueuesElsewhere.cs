using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Claims;

/// <summary>Queues that a transaction of the steps' database does not reach: a message is settled only after the claim of its step was committed.</summary>
internal sealed class QueuesElsewhere(ClaimStatement statement, IMessageTransport transport, SafeLogger<QueuesElsewhere> logger) : IStepSource
{
    public async Task<ClaimBatch> PollAsync(int slots, CancellationToken cancellationToken)
    {
        var messages = await transport.ReadAsync(slots, cancellationToken).ConfigureAwait(false);
        return messages.Count == 0 ? new ClaimBatch() : await ClaimAsync(messages, slots, cancellationToken).ConfigureAwait(false);
    }

    public async Task<ClaimBatch> ClaimAsync(IReadOnlyList<StepMessage> announced, int slots, CancellationToken cancellationToken)
    {
        try
        {
            var batch = await statement.ClaimAsync(announced, slots, archive: false, cancellationToken).ConfigureAwait(false);
            // What is neither returned as unclaimed nor claimed is out of date.
            batch.Done = [.. announced.Except(batch.Unclaimed.Select(one => one.Message))];
            return batch;
        }
        catch
        {
            await SettleAsync(announced, MessageFate.Left, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask SettleAsync(ClaimBatch batch, IReadOnlyList<UnclaimedMessage> left, CancellationToken cancellationToken)
    {
        await SettleAsync(batch.Done, MessageFate.Done, cancellationToken).ConfigureAwait(false);
        await SettleAsync([.. left.Where(one => !IsPoison(one)).Select(one => one.Message)], MessageFate.Left, cancellationToken).ConfigureAwait(false);
        await SettleAsync([.. left.Where(IsPoison).Select(one => one.Message)], MessageFate.Poison, cancellationToken).ConfigureAwait(false);
    }

    private static bool IsPoison(UnclaimedMessage message) => message.Problem is UnclaimedMessage.NoStep;

    private async ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken)
    {
        if (messages.Count == 0)
            return;
        try
        {
            await transport.SettleAsync(messages, fate, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // They come again and are found out of date then.
            Log.SettlingFailed(logger, messages.Count, exception.Message);
        }
    }
}
