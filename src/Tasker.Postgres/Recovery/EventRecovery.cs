using Tasker.Postgres.Completions;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Recovery;

/// <summary>
/// Sends domain events that their worker has not sent in time, because it died or had no room for them, whatever has become of their tasks since. An event may
/// come twice, with the same id.
/// </summary>
internal sealed class EventRecovery(KeptEvents kept, IMessageTransport transport, ResultAnnouncer announcer, SafeLogger<EventRecovery> logger)
{
    private const int MaxBatch = 256;

    /// <summary>Looks once.</summary>
    /// <returns>How many events were sent.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        var sent = 0;
        for (var more = true; more && !announcer.IsFailing;)
        {
            var events = await kept.ReadAsync(MaxBatch, cancellationToken).ConfigureAwait(false);
            more = events.Count == MaxBatch;
            foreach (var queue in events.GroupBy(one => one.Queue))
            {
                if (await TrySendAsync(queue.Key, [.. queue], cancellationToken).ConfigureAwait(false))
                    sent += queue.Count();
                else
                    more = false;
            }
        }

        if (sent > 0)
            Log.EventsSentLate(logger, sent);
        return sent;
    }

    /// <summary>A queue that takes no events does not keep those of the others; what is not sent is read again later.</summary>
    private async Task<bool> TrySendAsync(string queue, List<KeptEvent> events, CancellationToken cancellationToken)
    {
        try
        {
            await transport.SendAsync(queue, events.ConvertAll(one => one.Message), cancellationToken).ConfigureAwait(false);
            await kept.DropAsync(events.Select(one => one.Id), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            Log.RecoveryFailed(logger, $"send kept events to queue {queue}", exception);
            return false;
        }
    }
}
