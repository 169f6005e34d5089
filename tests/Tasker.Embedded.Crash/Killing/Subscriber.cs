using System.Globalization;
using System.Text.Json;
using Tasker.Events;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>What a subscriber is like in one life.</summary>
internal enum SubscriberMood
{
    /// <summary>It takes most events, and some only when they come again.</summary>
    Fickle,

    /// <summary>It takes none, so that they pile up for the lives after this one.</summary>
    Away,
}

/// <summary>Writes down the events that it gets. It refuses some, before or after it has written them down, as a subscriber does that loses its own connection.</summary>
/// <param name="file">Where it writes them.</param>
/// <param name="life">The number of the process.</param>
/// <param name="random">Says what it refuses. One event comes at a time.</param>
/// <param name="mood">Whether it takes any.</param>
internal sealed class Subscriber(string file, int life, Random random, SubscriberMood mood) : IDisposable
{
    private const string Life = "life";
    private const int OneRefusedIn = 200;

    private readonly LineFile _lines = new(file);

    /// <summary>The publisher: it puts down in which process an event was made.</summary>
    public DomainEvent Publish(DomainEvent made) =>
        made with { Metadata = new Dictionary<string, string> { [Life] = life.ToString(CultureInfo.InvariantCulture) } };

    public async ValueTask ReceiveAsync(DomainEvent received, CancellationToken cancellationToken)
    {
        if (mood is SubscriberMood.Away)
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(false);
        if (random.Next(OneRefusedIn) == 0)
            throw new IOException("The subscriber is busy.");
        _lines.Add(ToDelivery(received).ToLine());
        if (random.Next(OneRefusedIn) == 0)
            throw new IOException("The subscriber has it, but cannot say so.");
    }

    public void Dispose() => _lines.Dispose();

    private Delivery ToDelivery(DomainEvent received)
    {
        using var payload = JsonDocument.Parse(received.Payload);
        var number = received.Failure is null ? payload.RootElement.GetProperty("number").GetGuid() : Guid.Empty;
        return new Delivery(
            Scenario.TaskOf(received.Step.TaskContext),
            received.StepName,
            received.Step.Attempts + 1,
            received.Name,
            number,
            received.EventId,
            int.Parse(received.Metadata![Life], CultureInfo.InvariantCulture),
            life);
    }
}
