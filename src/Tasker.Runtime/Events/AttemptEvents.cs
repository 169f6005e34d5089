using System.Collections.Immutable;

namespace Tasker.Events;

/// <summary>What an attempt leads to.</summary>
/// <param name="Durable">Events as they are told, to be stored with the attempt's outcome.</param>
/// <param name="Fast">Events for the subscribers of this process, told once the outcome is handed over.</param>
internal readonly record struct AttemptEvents(ImmutableArray<DomainEvent> Durable, ImmutableArray<FastEvent> Fast)
{
    public static AttemptEvents None { get; } = new([], []);
}

/// <summary>An event on its way to subscribers.</summary>
/// <param name="Event">The event.</param>
/// <param name="IsMade">Whether its publisher and its schema have been asked already.</param>
internal readonly record struct FastEvent(DomainEvent Event, bool IsMade);
