namespace Tasker.Events;

/// <summary>
/// Is told of domain events in this process. One instance gets its events one after the other; an event whose handling fails is logged and
/// not repeated.
/// </summary>
public interface IEventSubscriber
{
    /// <summary>Handles an event.</summary>
    /// <param name="domainEvent">The event.</param>
    /// <param name="cancellationToken">Set when the host cannot wait any longer for its end.</param>
    ValueTask HandleAsync(DomainEvent domainEvent, CancellationToken cancellationToken);
}
