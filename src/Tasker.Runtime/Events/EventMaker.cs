using System.Collections.Concurrent;
using System.Text.Json;
using Tasker.Client;
using Tasker.Telemetry;

namespace Tasker.Events;

/// <summary>Makes events of attempts: which are declared for them, and what they tell. Thread-safe.</summary>
internal sealed class EventMaker(
    IEnumerable<EventPublisher> publishers,
    IEnumerable<ISchemaValidator> schemas,
    TimeProvider time,
    TaskerMetrics metrics,
    SafeLogger<EventMaker> logger)
{
    private readonly Dictionary<string, EventPublisher> _publishers = ByName(publishers);
    private readonly ISchemaValidator? _schemas = schemas.LastOrDefault();
    private readonly ConcurrentDictionary<string, bool> _unknownPublishers = new(StringComparer.Ordinal);

    private static Dictionary<string, EventPublisher> ByName(IEnumerable<EventPublisher> publishers)
    {
        var byName = new Dictionary<string, EventPublisher>(StringComparer.Ordinal);
        foreach (var publisher in publishers)
        {
            if (!byName.TryAdd(publisher.Name, publisher))
                throw new ConfigurationException($"Two event publishers of this host are called '{publisher.Name}'. Give one another name.");
        }

        return byName;
    }

    /// <summary>The events that are declared for an attempt's outcome, as they are by default.</summary>
    public IEnumerable<DomainEvent> Declared(ClaimedStep step, StepOutcome outcome, TimeSpan duration)
    {
        var now = time.GetUtcNow();
        byte[]? payload = null;
        foreach (var declaration in step.Definition.Events)
        {
            if (!EventRules.Holds(declaration.Condition, step, outcome.Failure))
                continue;
            yield return new DomainEvent
            {
                EventId = Guid.CreateVersion7(now),
                Declaration = declaration,
                Step = step,
                Payload = payload ??= EventRules.Payload(outcome),
                Failure = outcome.Failure,
                Duration = duration,
                FiredAt = now,
            };
        }
    }

    /// <summary>Asks the event's publisher and its schema.</summary>
    /// <returns>The event to tell, or <see langword="null"/> when nobody is to be told. Never throws: an event cannot fail a step.</returns>
    public DomainEvent? Make(DomainEvent declared)
    {
        try
        {
            return Publish(declared) is { } made && IsValid(made) ? made : null;
        }
        catch (Exception exception)
        {
            // A publisher or a schema of the application's is broken; the other events go on.
            Log.EventFailed(logger, declared.Name, declared.StepName, declared.TaskId, "publisher", exception);
            metrics.Event(declared.Name, "failed");
            return null;
        }
    }

    private DomainEvent? Publish(DomainEvent declared)
    {
        if (declared.Declaration.Publisher is not { } name)
            return declared;
        if (_publishers.TryGetValue(name, out var publisher))
        {
            if (publisher.Publish(declared with { FiredBy = name }) is not { } made)
                return null;
            RequireJson(made.Payload.Span);
            return made.Metadata is { } more ? made with { Metadata = new Dictionary<string, string>(more) } : made;
        }

        if (_unknownPublishers.TryAdd(name, true))
            Log.PublisherMissing(logger, name, declared.Name, declared.StepName);
        return declared;
    }

    /// <summary>Whoever stores or sends the event relies on it.</summary>
    /// <exception cref="JsonException">The payload is not one JSON value.</exception>
    private static void RequireJson(ReadOnlySpan<byte> payload)
    {
        var reader = new Utf8JsonReader(payload);
        while (reader.Read())
        {
            // To the end: whatever is wrong is found on the way.
        }
    }

    private bool IsValid(DomainEvent made)
    {
        if (_schemas is null || made.Declaration.Schema.Length == 0)
            return true;
        var violations = _schemas.Validate(made.Declaration.Schema, made.Payload);
        if (violations.Count == 0)
            return true;
        Log.EventRejected(logger, made.Name, made.StepName, made.TaskId, violations[0].Path, violations[0].Message, violations.Count);
        metrics.Event(made.Name, "rejected");
        return false;
    }
}
