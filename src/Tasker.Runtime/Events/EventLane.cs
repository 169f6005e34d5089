using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tasker.Telemetry;

namespace Tasker.Events;

/// <summary>The way of fast events to one subscriber: a bounded queue and the one loop that empties it. A slow subscriber holds up nobody else.</summary>
/// <param name="receiver">Who, in messages.</param>
/// <param name="deliver">Hands over one event.</param>
/// <param name="capacity">How many events may wait.</param>
/// <param name="metrics">Counts what became of events.</param>
/// <param name="logger">Is told of events that were dropped or failed.</param>
internal sealed class EventLane(
    string receiver,
    Func<DomainEvent, CancellationToken, ValueTask> deliver,
    int capacity,
    TaskerMetrics metrics,
    ILogger logger)
{
    private readonly Channel<DomainEvent> _queue = Channel.CreateBounded<DomainEvent>(new BoundedChannelOptions(capacity) { SingleReader = true });

    public void Post(DomainEvent domainEvent)
    {
        if (_queue.Writer.TryWrite(domainEvent))
            return;
        Log.EventDropped(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, receiver, capacity);
        metrics.Event(domainEvent.Name, "dropped");
    }

    /// <summary>Nothing more is posted.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Runs until everything posted is delivered, or until <paramref name="cancellationToken"/> is set.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var domainEvent in _queue.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            try
            {
                await deliver(domainEvent, cancellationToken).ConfigureAwait(false);
                metrics.Event(domainEvent.Name, "delivered");
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            catch (Exception exception)
            {
                Log.EventFailed(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, receiver, exception);
                metrics.Event(domainEvent.Name, "failed");
            }
        }
    }
}
