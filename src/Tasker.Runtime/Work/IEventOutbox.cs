using Tasker.Events;

namespace Tasker.Work;

/// <summary>
/// Durable events that a work source keeps for the subscribers of this host: stored with the outcome of the attempt that led to them, and kept until
/// they are settled. What an earlier process left is handed out first. Safe to use from many threads.
/// </summary>
public interface IEventOutbox
{
    /// <summary>Takes the next event, or waits for one. Each is handed out once in the life of a process.</summary>
    /// <exception cref="OperationCanceledException">The caller gives up, or the source has stopped.</exception>
    ValueTask<OutboxEvent> TakeAsync(CancellationToken cancellationToken);

    /// <summary>Takes the next event when one waits.</summary>
    bool TryTake(out OutboxEvent taken);

    /// <summary>Forgets an event: all who wanted it have it. Returns at once; a crash soon after may lead to the event being handed out once more.</summary>
    void Settle(OutboxEvent taken);
}

/// <summary>An event that a work source keeps.</summary>
/// <param name="Number">Its number with the work source.</param>
/// <param name="Event">The event.</param>
public readonly record struct OutboxEvent(long Number, DomainEvent Event);
