using Tasker.Events;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>
/// What has to become of durable events: those that came with an outcome which is stored arrive, however often; those whose outcome was lost with its process
/// never do.
/// </summary>
internal sealed class Announced
{
    private readonly Dictionary<Guid, DomainEvent> _handedOver = [];
    private readonly HashSet<Guid> _pending = [];
    private readonly HashSet<Guid> _stored = [];
    private readonly HashSet<Guid> _arrived = [];

    /// <summary>An event is handed over with its outcome.</summary>
    public void HandOver(DomainEvent made)
    {
        _handedOver.Add(made.EventId, made);
        _pending.Add(made.EventId);
    }

    /// <summary>All outcomes up to now are stored.</summary>
    public void Stored()
    {
        _stored.UnionWith(_pending);
        _pending.Clear();
    }

    /// <summary>The process has ended.</summary>
    public void Lost() => _pending.Clear();

    /// <summary>An event has arrived.</summary>
    public void Arrive(DomainEvent arrived)
    {
        if (!_stored.Contains(arrived.EventId))
            throw new SimulationException($"Event {arrived.Name} of step '{arrived.StepName}' arrived, though its outcome is not stored.");
        var made = _handedOver[arrived.EventId];
        var (one, other) = (Describe(made), Describe(arrived));
        if (one != other)
            throw new SimulationException($"Event {one} arrived as {other}.");
        _arrived.Add(arrived.EventId);
    }

    /// <summary>Everything that can arrive has.</summary>
    public void Check()
    {
        foreach (var lost in _stored.Except(_arrived))
            throw new SimulationException($"Event {Describe(_handedOver[lost])} never arrived.");
    }

    private static string Describe(DomainEvent one) =>
        $"{one.Name} of step '{one.StepName}', attempt {one.Step.Attempts + 1}, of task {one.TaskId} at {one.FiredAt:O}: {System.Text.Encoding.UTF8.GetString(one.Payload.Span)}";
}
