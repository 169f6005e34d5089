using Tasker.Events;

namespace Tasker.Embedded.Orchestration;

/// <summary>A durable event that is kept until it is delivered.</summary>
internal sealed class KeptEvent(DomainEvent domainEvent)
{
    public DomainEvent Event => domainEvent;

    /// <summary>Its number, given by the store; events are numbered in the order of their commits.</summary>
    public long Number { get; set; }
}
