namespace Tasker.Events;

/// <summary>What a finished attempt leads to.</summary>
/// <param name="Stored">Durable events in their final form, for the work source to store with the outcome.</param>
/// <param name="Told">Events for the subscribers in this process.</param>
internal readonly record struct AttemptEvents(IReadOnlyList<DomainEvent> Stored, IReadOnlyList<PendingEvent> Told)
{
    public static AttemptEvents None { get; } = new([], []);
}

/// <summary>An event on its way to subscribers.</summary>
/// <param name="Event">The event.</param>
/// <param name="IsFinal">Whether its publisher and its schema have been asked already.</param>
internal readonly record struct PendingEvent(DomainEvent Event, bool IsFinal);
