namespace Tasker.Templates;

/// <summary>When a declared event is published.</summary>
public enum EventCondition
{
    /// <summary>After a success.</summary>
    Success,

    /// <summary>After any failure.</summary>
    Failure,

    /// <summary>After a failure that is tried again.</summary>
    RetryableFailure,

    /// <summary>After a failure that is final.</summary>
    PermanentFailure,

    /// <summary>After every attempt.</summary>
    Always,
}

/// <summary>How a declared event travels.</summary>
public enum EventDelivery
{
    /// <summary>Through the work source's queue.</summary>
    Durable,

    /// <summary>To subscribers in this process.</summary>
    Fast,

    /// <summary>Both.</summary>
    Broadcast,
}

/// <summary>A domain event that a step publishes (protocol sheet §3.2, <c>publishes_events</c>).</summary>
public sealed record EventDeclaration
{
    /// <summary>The event's dotted name, such as <c>payment.charged</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What the event means.</summary>
    public required string Description { get; init; }

    /// <summary>When it is published.</summary>
    public EventCondition Condition { get; init; }

    /// <summary>How it travels.</summary>
    public EventDelivery Delivery { get; init; }

    /// <summary>The JSON schema of its payload, as JSON text.</summary>
    public required string Schema { get; init; }

    /// <summary>The name of a custom publisher, if any.</summary>
    public string? Publisher { get; init; }
}
