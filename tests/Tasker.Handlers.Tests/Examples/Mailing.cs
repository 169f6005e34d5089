namespace Tasker.Examples;

public sealed record Campaign(string[] Addresses);

public sealed record Sent(int Mails, string[] Refused);

public sealed record Report(int Mails, double SuccessRate, long Errors, string[] Missing);

[TaskTemplate("mailing", Namespace = "examples", Version = "1.0.0")]
public static partial class Mailing
{
    [BatchAnalyzer("split", WorkerTemplate = "send")]
    public static BatchPlan Split(Campaign campaign) =>
        campaign.Addresses.Length == 0
            ? BatchPlan.Empty("nobody to write to")
            : BatchPlan.ForItems(campaign.Addresses.Length, batchSize: 10, maxBatches: 50);

    // A slow batch keeps checkpoints, and gives its slot back now and then; it goes on where the last checkpoint was, also after a crash.
    [BatchWorker("send", FailureStrategy = Templates.BatchFailureStrategy.Isolate)]
    public static async ValueTask<BatchResult<Sent>> Send(BatchContext<Sent> batch, Campaign campaign, CancellationToken cancellationToken)
    {
        var sent = batch.Accumulated(new Sent(0, []));
        var from = batch.Resume(from: batch.Start);
        for (var i = from; i < batch.End; i++)
        {
            if (i - from == 6)
                return batch.Yield(i, itemsProcessed: i - batch.Start, sent);

            var address = campaign.Addresses[i];
            sent = address.Contains('@', StringComparison.Ordinal)
                ? sent with { Mails = sent.Mails + 1 }
                : sent with { Refused = [.. sent.Refused, address] };
            if (i == batch.Start + 3)
                await batch.CheckpointAsync(i + 1, itemsProcessed: i + 1 - batch.Start, sent, cancellationToken);
        }

        return BatchResult.Of(sent, processed: batch.Size, succeeded: sent.Mails, failed: sent.Refused.Length) with
        {
            LastCursor = batch.End - 1,
            Errors = [.. sent.Refused.Select(address => new BatchError("It is no address.") { Item = address })],
            PartialFailure = sent.Refused.Length > 0 ? "some addresses are wrong" : null,
        };
    }

    // All batches: totals, the first errors with their true count, and which batches were set aside.
    [StepHandler("report")]
    public static Report Finish(BatchResults<Sent> batches) =>
        new(batches.Sum(batch => batch.Value.Mails), batches.SuccessRate, batches.ErrorCount, [.. batches.Missing]);
}
