using Tasker.Events;

namespace Tasker.Embedded.Orchestration;

/// <summary>A durable event that is kept until it is delivered.</summary>
/// <param name="domainEvent">The event, as a publisher of the application may have made it.</param>
/// <param name="step">The step it comes from.</param>
/// <param name="attempt">The number of the attempt, 1 for the first.</param>
internal sealed class KeptEvent(DomainEvent domainEvent, StepRun step, int attempt)
{
    public StepRun Step => step;

    public int Attempt => attempt;

    public DomainEvent Event => domainEvent;

    /// <summary>Its number, given by the store; events are numbered in the order of their commits.</summary>
    public long Number { get; set; }
}
