using System.Collections.Concurrent;
using Tasker.Events;

namespace Tasker.Examples;

public sealed record Parcel(string Address);

public sealed record Shipment(string Tracking);

public static class ShippingSteps
{
    [StepHandler("ship")]
    public static Shipment Ship(Parcel parcel) =>
        parcel.Address.Length == 0 ? throw new BusinessRuleException("A parcel needs an address.") : new Shipment("T-" + parcel.Address.Length);
}

// Added with tasker.AddEventSubscriber<ParcelLog>("parcel.*"). It can neither fail nor delay the step.
public sealed class ParcelLog : IEventSubscriber
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ValueTask HandleAsync(DomainEvent domainEvent, CancellationToken cancellationToken)
    {
        Lines.Enqueue($"{domainEvent.Name}: {System.Text.Encoding.UTF8.GetString(domainEvent.Payload.Span)}");
        return ValueTask.CompletedTask;
    }
}
