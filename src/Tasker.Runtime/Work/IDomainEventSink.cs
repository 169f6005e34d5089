using Tasker.Events;

namespace Tasker.Work;

/// <summary>
/// Where events declared as <c>durable</c> go. Registered by work sources that have a queue for them; without one, subscribers in this process
/// get them. Called by one caller at a time.
/// </summary>
public interface IDomainEventSink
{
    /// <summary>Hands over an event. When the returned task completes, it survives a crash. A failed call is repeated some times.</summary>
    ValueTask PublishAsync(DomainEvent domainEvent, CancellationToken cancellationToken);
}
