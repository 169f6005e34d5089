namespace Tasker.Events;

/// <summary>Who is told of which events; registered with the host's services.</summary>
internal sealed record EventSubscription(EventPattern Pattern, Func<IServiceProvider, Func<DomainEvent, CancellationToken, ValueTask>> Open)
{
    /// <summary>Who that is, in messages.</summary>
    public string Receiver => $"subscriber of '{Pattern.Text}'";
}

/// <summary>A publisher that templates refer to by name.</summary>
internal sealed record EventPublisher(string Name, Func<DomainEvent, DomainEvent?> Publish);
