using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Tasker.Events;
using Tasker.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds who is told of domain events, and who makes them.</summary>
public static class EventTaskerBuilderExtensions
{
    /// <summary>
    /// Tells a function of all events whose name fits a pattern: those with <c>fast</c> or <c>broadcast</c> delivery and, when the work source has no queue for
    /// them as tasker-core has, <c>durable</c> ones. The embedded engine keeps these until the function has returned: at least once, also after a crash.
    /// </summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="pattern">An event's name, in which <c>*</c> stands for any characters: <c>payment.charged</c>, <c>payment.*</c>, <c>*</c>.</param>
    /// <param name="handle">
    /// Handles an event; called for one fast event after the other, and for one durable event after the other. A durable one that it throws for comes again, after a while.
    /// </param>
    /// <exception cref="ArgumentException"><paramref name="pattern"/> can fit no event's name.</exception>
    public static TaskerBuilder AddEventSubscriber(this TaskerBuilder tasker, string pattern, Func<DomainEvent, CancellationToken, ValueTask> handle)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentNullException.ThrowIfNull(handle);
        tasker.Services.AddSingleton(new EventSubscription(new EventPattern(pattern), _ => handle));
        return tasker;
    }

    /// <inheritdoc cref="AddEventSubscriber(TaskerBuilder, string, Func{DomainEvent, CancellationToken, ValueTask})"/>
    /// <typeparam name="TSubscriber">The subscriber; a singleton of the host's services.</typeparam>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="pattern">An event's name, in which <c>*</c> stands for any characters: <c>payment.charged</c>, <c>payment.*</c>, <c>*</c>.</param>
    public static TaskerBuilder AddEventSubscriber<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TSubscriber>(
        this TaskerBuilder tasker,
        string pattern)
        where TSubscriber : class, IEventSubscriber
    {
        ArgumentNullException.ThrowIfNull(tasker);
        tasker.Services.TryAddSingleton<TSubscriber>();
        tasker.Services.AddSingleton(new EventSubscription(
            new EventPattern(pattern),
            static services => services.GetRequiredService<TSubscriber>().HandleAsync));
        return tasker;
    }

    /// <summary>Adds a publisher that templates name in <c>publishes_events[].publisher</c>.</summary>
    /// <param name="tasker">The host's Tasker.</param>
    /// <param name="name">The publisher's name.</param>
    /// <param name="publish">
    /// Gets the event as it is by default; returns it, a changed one with another payload or more metadata, or <see langword="null"/> to tell nobody. Called
    /// off the worker for fast events, and before the attempt's outcome is stored for durable ones, from several threads; it should return at once. When it throws, nobody is told, and the step is none the worse.
    /// </param>
    public static TaskerBuilder AddEventPublisher(this TaskerBuilder tasker, string name, Func<DomainEvent, DomainEvent?> publish)
    {
        ArgumentNullException.ThrowIfNull(tasker);
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(publish);
        tasker.Services.AddSingleton(new EventPublisher(name, publish));
        return tasker;
    }
}
