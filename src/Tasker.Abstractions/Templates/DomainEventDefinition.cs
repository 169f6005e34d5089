namespace Tasker.Templates;

/// <summary>
/// A domain event that a workflow describes (protocol sheet §3.2, <c>domain_events</c>). It documents; what is published is what steps declare
/// (<see cref="StepDefinition.Events"/>).
/// </summary>
public sealed record DomainEventDefinition
{
    /// <summary>The event's dotted name.</summary>
    public required string Name { get; init; }

    /// <summary>What the event means.</summary>
    public string? Description { get; init; }

    /// <summary>The JSON schema of its payload, as JSON text.</summary>
    public string? Schema { get; init; }
}
