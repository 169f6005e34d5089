namespace Tasker.Embedded.Orchestration;

/// <summary>A durable event as a store has it, to be delivered by a later process than the one that stored it.</summary>
internal sealed record StoredEvent
{
    public required long Number { get; init; }

    public required Guid EventId { get; init; }

    public required string Name { get; init; }

    public required Guid TaskId { get; init; }

    /// <summary>The step's index in its task.</summary>
    public required int StepIndex { get; init; }

    /// <summary>The attempt's number, 1 for the first.</summary>
    public required int Attempt { get; init; }

    public required ReadOnlyMemory<byte> Payload { get; init; }

    public StepFailure? Failure { get; init; }

    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    public required TimeSpan Duration { get; init; }

    public required DateTimeOffset FiredAt { get; init; }

    public required string FiredBy { get; init; }
}
