using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tasker.Telemetry;

namespace Tasker.Events;

/// <summary>
/// The way of durable events to one subscriber. An event that the subscriber throws for steps aside and comes again after a while, longer each
/// time; the events behind it do not wait.
/// </summary>
/// <param name="receiver">Who, in messages.</param>
/// <param name="deliver">Hands over one event.</param>
/// <param name="time">The clock of waits between attempts.</param>
/// <param name="metrics">Counts what became of events.</param>
/// <param name="logger">Is told of events that failed.</param>
internal sealed class DurableLane(
    string receiver,
    Func<DomainEvent, CancellationToken, ValueTask> deliver,
    TimeProvider time,
    TaskerMetrics metrics,
    ILogger logger)
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(5);

    // How many are on their way is bounded where they are taken from the outbox.
    private readonly Channel<Delivery> _queue = Channel.CreateUnbounded<Delivery>(new UnboundedChannelOptions { SingleReader = true });
    private readonly PriorityQueue<(Delivery Delivery, int Attempt), DateTimeOffset> _failed = new();

    public void Post(Delivery delivery) => _queue.Writer.TryWrite(delivery);

    /// <summary>Nothing more is posted.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    /// <summary>Runs until everything posted has been tried, or until <paramref name="cancellationToken"/> is set.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            if (_failed.TryPeek(out var again, out var due) && due <= time.GetUtcNow())
            {
                _failed.Dequeue();
                await DeliverAsync(again.Delivery, again.Attempt, cancellationToken).ConfigureAwait(false);
            }
            else if (_queue.Reader.TryRead(out var next))
            {
                await DeliverAsync(next, 1, cancellationToken).ConfigureAwait(false);
            }
            else if (!await WaitAsync(cancellationToken).ConfigureAwait(false))
            {
                return;
            }
        }
    }

    /// <summary>Waits until there is something to do.</summary>
    /// <returns>Whether anything will ever be.</returns>
    private async Task<bool> WaitAsync(CancellationToken cancellationToken)
    {
        if (!_failed.TryPeek(out _, out var due))
            return await _queue.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false);
        var wait = due - time.GetUtcNow();
        if (wait <= TimeSpan.Zero)
            return true;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var posted = _queue.Reader.WaitToReadAsync(enough.Token).AsTask();
        var first = await Task.WhenAny(posted, Task.Delay(wait, time, enough.Token)).ConfigureAwait(false);
        await enough.CancelAsync().ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        return first != posted || await posted.ConfigureAwait(false);
    }

    private async ValueTask DeliverAsync(Delivery delivery, int attempt, CancellationToken cancellationToken)
    {
        var domainEvent = delivery.Event;
        try
        {
            await deliver(domainEvent, cancellationToken).ConfigureAwait(false);
            metrics.Event(domainEvent.Name, "delivered");
            delivery.Done();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            var delay = attempt > 9 ? LongestWait : FirstWait * (1 << (attempt - 1));
            if (delay > LongestWait)
                delay = LongestWait;
            Log.DurableEventFailed(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, receiver, attempt, delay, exception);
            metrics.Event(domainEvent.Name, "retried");
            _failed.Enqueue((delivery, attempt + 1), time.GetUtcNow() + delay);
        }
    }

    /// <summary>An event on its way to all its subscribers.</summary>
    /// <param name="domainEvent">The event.</param>
    /// <param name="receivers">How many subscribers want it.</param>
    /// <param name="settle">Called when all have it.</param>
    internal sealed class Delivery(DomainEvent domainEvent, int receivers, Action settle)
    {
        private int _left = receivers;

        public DomainEvent Event => domainEvent;

        public void Done()
        {
            if (Interlocked.Decrement(ref _left) == 0)
                settle();
        }
    }
}
