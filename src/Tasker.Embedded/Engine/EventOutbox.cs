using System.Threading.Channels;
using Tasker.Embedded.Orchestration;
using Tasker.Work;

namespace Tasker.Embedded.Engine;

/// <summary>
/// Stored events on their way to whoever delivers them. A bounded number waits in memory; the others, and what an earlier process left, wait in the store and
/// are read by the engine when those in memory are taken: a few at a time, so that the engine's other work goes on and what was delivered is settled
/// meanwhile, however many there are. Takers may be on any thread; the rest belongs to the engine.
/// </summary>
/// <param name="refill">Asks the engine for <see cref="Ask"/>.</param>
/// <param name="settle">Tells the engine that the event with that number is delivered.</param>
internal sealed class EventOutbox(Action refill, Action<long> settle) : IEventOutbox
{
    private const int Capacity = 1024;

    /// <summary>Each may come from a task of its own, which has to be read as well.</summary>
    private const int ReadAtOnce = 32;

    private readonly Channel<OutboxEvent> _waiting = Channel.CreateBounded<OutboxEvent>(Capacity);
    private readonly Backoff _retry = new(TimeSpan.FromMilliseconds(100), TimeSpan.FromSeconds(5));
    private long _last = long.MinValue;
    private bool _isAsked;

    /// <summary>When to read the store again after it could not be read.</summary>
    public DateTimeOffset RetryAt => _retry.At;

    /// <summary>Whether there may be events in the store that neither wait in memory nor were taken. Nothing is announced meanwhile, so the order stays.</summary>
    private volatile bool _isBehind = true;

    private int _isAsking = 1;

    public async ValueTask<OutboxEvent> TakeAsync(CancellationToken cancellationToken)
    {
        try
        {
            var taken = await _waiting.Reader.ReadAsync(cancellationToken).ConfigureAwait(false);
            AskForMore();
            return taken;
        }
        catch (ChannelClosedException)
        {
            throw new OperationCanceledException("The embedded engine has stopped.");
        }
    }

    public bool TryTake(out OutboxEvent taken)
    {
        var isTaken = _waiting.Reader.TryRead(out taken);
        if (isTaken)
            AskForMore();
        return isTaken;
    }

    public void Settle(OutboxEvent taken) => settle(taken.Number);

    /// <summary>Events are stored.</summary>
    public void Announce(List<KeptEvent> stored)
    {
        foreach (var kept in stored)
        {
            if (_isBehind)
                return;
            if (_waiting.Writer.TryWrite(new OutboxEvent(kept.Number, kept.Event)))
                _last = kept.Number;
            else
                _isBehind = true;
        }

        // The taker may have emptied the memory before it could see that there is more.
        if (_isBehind)
            AskForMore();
    }

    /// <summary>What was in memory is taken.</summary>
    public void Ask() => _isAsked = true;

    /// <summary>Whether the store is to be read now.</summary>
    public bool WantsRefill(DateTimeOffset now) => _isAsked || now >= RetryAt;

    /// <summary>The store could not be read.</summary>
    public void RefillFailed(DateTimeOffset now)
    {
        _isAsked = false;
        _retry.Failed(now);
    }

    /// <summary>Takes in events that are in the store.</summary>
    /// <param name="read">Reads events after a number, at most so many. One that cannot be delivered now comes with its number only.</param>
    /// <returns>Whether there may be more.</returns>
    public bool Refill(Func<long, int, IEnumerable<(long Number, Events.DomainEvent? Event)>> read)
    {
        // A read that failed halfway may have left some here.
        var (room, found) = (Math.Min(ReadAtOnce, Capacity - _waiting.Reader.Count), 0);
        foreach (var (number, domainEvent) in read(_last, room))
        {
            found++;
            _last = number;
            if (domainEvent is not null)
                _waiting.Writer.TryWrite(new OutboxEvent(number, domainEvent));
        }

        _isAsked = false;
        _retry.Succeeded();
        var mayBeMore = _isBehind = found == room;
        Volatile.Write(ref _isAsking, 0);
        AskForMore();
        return mayBeMore;
    }

    public void Close() => _waiting.Writer.TryComplete();

    private void AskForMore()
    {
        if (_isBehind && _waiting.Reader.Count == 0 && Interlocked.Exchange(ref _isAsking, 1) == 0)
            refill();
    }
}
