using Tasker.Json;
using Tasker.Templates;

namespace Tasker.Events;

/// <summary>
/// Something that happened in the business, declared by a step's <c>publishes_events</c> and told after the step's attempt (protocol sheet §11).
/// Immutable, safe to share between threads.
/// </summary>
public sealed record DomainEvent
{
    /// <summary>The event's id; the same for everybody who is told of it.</summary>
    public required Guid EventId { get; init; }

    /// <summary>What the template declares.</summary>
    public required EventDeclaration Declaration { get; init; }

    /// <summary>The attempt that led to the event.</summary>
    public required ClaimedStep Step { get; init; }

    /// <summary>
    /// What the event tells, a UTF-8 JSON object: the step's result or, after a failure, <c>message</c>, <c>error_type</c>, <c>retryable</c> and what else
    /// is known of it.
    /// </summary>
    public required ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Why the attempt failed; <see langword="null"/> after a success.</summary>
    public StepFailure? Failure { get; init; }

    /// <summary>How long the attempt took.</summary>
    public required TimeSpan Duration { get; init; }

    /// <summary>When the attempt had ended.</summary>
    public required DateTimeOffset FiredAt { get; init; }

    /// <summary>Who made the event of the attempt.</summary>
    public string FiredBy { get; init; } = "DefaultDomainEventPublisher";

    /// <summary>What a publisher adds to the event's metadata.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    /// <summary>The event's dotted name, such as <c>payment.charged</c>.</summary>
    public string Name => Declaration.Name;

    /// <summary>The task.</summary>
    public Guid TaskId => Step.TaskId;

    /// <summary>The step.</summary>
    public Guid StepId => Step.StepId;

    /// <summary>The step's name in the task.</summary>
    public string StepName => Step.Name;

    /// <summary>The template's namespace.</summary>
    public string Namespace => Step.Template.Namespace;

    /// <summary>Ties together everything that one request caused.</summary>
    public Guid CorrelationId => Step.CorrelationId;

    /// <summary>Reads the payload.</summary>
    /// <typeparam name="T">The payload's type.</typeparam>
    /// <exception cref="JsonReadException">The payload is something else.</exception>
    public T Read<T>(JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        return codec.FromUtf8(Payload.Span);
    }
}
