using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tasker.Telemetry;
using Tasker.Templates;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Events;

/// <summary>
/// Decides which events of an attempt are stored with its outcome, and takes the others off the worker's hands: each subscriber gets them at its
/// own pace. Nothing of it can fail a step or hold one up; what does not fit into a queue is dropped, counted and logged.
/// </summary>
internal sealed class EventDispatcher(
    IServiceProvider services,
    IWorkSource source,
    EventMaker maker,
    IEnumerable<EventSubscription> subscriptions,
    IOptions<WorkerOptions> options,
    TaskerMetrics metrics,
    SafeLogger<EventDispatcher> logger) : IHostedService, IDisposable
{
    private readonly EventSubscription[] _subscriptions = [.. subscriptions];
    private readonly Channel<FastEvent> _queue =
        Channel.CreateBounded<FastEvent>(new BoundedChannelOptions(options.Value.EventQueueCapacity) { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();

    private (EventPattern Pattern, EventLane Lane)[] _lanes = [];
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_subscriptions.Length == 0)
            return Task.CompletedTask;
        _lanes = [.. _subscriptions.Select(subscription => (
            subscription.Pattern,
            new EventLane(subscription.Receiver, subscription.Open(services), options.Value.EventQueueCapacity, metrics, logger)))];
        _running = Task.WhenAll(_lanes.Select(one => Task.Run(() => one.Lane.RunAsync(_giveUp.Token), CancellationToken.None)).Append(Task.Run(RouteAsync, CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Delivers what waits, for as long as the host does.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        try
        {
            await _running.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            await _giveUp.CancelAsync().ConfigureAwait(false);
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public void Dispose() => _giveUp.Dispose();

    /// <summary>What an attempt leads to. An event that is broadcast has one id wherever it is told.</summary>
    public AttemptEvents Gather(ClaimedStep step, StepOutcome outcome, TimeSpan duration)
    {
        var isQueue = source.KeepsEvents && source.Outbox is null;
        if (_subscriptions.Length == 0 && !isQueue)
            return AttemptEvents.None;
        var durable = ImmutableArray.CreateBuilder<DomainEvent>();
        var fast = ImmutableArray.CreateBuilder<FastEvent>();
        foreach (var declared in maker.Declared(step, outcome, duration))
        {
            var delivery = declared.Declaration.Delivery;
            if (delivery is EventDelivery.Fast || !source.KeepsEvents)
            {
                fast.Add(new FastEvent(declared, IsMade: false));
            }
            else if ((isQueue || IsWanted(declared)) && maker.Make(declared) is { } made)
            {
                durable.Add(made);
                if (isQueue && delivery is EventDelivery.Broadcast)
                    fast.Add(new FastEvent(made, IsMade: true));
            }
        }

        return new AttemptEvents(durable.DrainToImmutable(), fast.DrainToImmutable());
    }

    /// <summary>Tells subscribers of the fast ones. Returns at once.</summary>
    public void Publish(AttemptEvents events)
    {
        foreach (var fast in events.Fast)
        {
            if (_subscriptions.Length == 0 || _queue.Writer.TryWrite(fast))
                continue;
            var lost = fast.Event;
            Log.EventDropped(logger, lost.Name, lost.StepName, lost.TaskId, "dispatcher", options.Value.EventQueueCapacity);
            metrics.Event(lost.Name, "dropped");
        }
    }

    private bool IsWanted(DomainEvent declared) => Array.Exists(_subscriptions, subscription => subscription.Pattern.Matches(declared.Name));

    private async Task RouteAsync()
    {
        try
        {
            await foreach (var (domainEvent, isMade) in _queue.Reader.ReadAllAsync(_giveUp.Token).ConfigureAwait(false))
            {
                if ((isMade ? domainEvent : maker.Make(domainEvent)) is { } made)
                    Route(made);
            }
        }
        finally
        {
            foreach (var (_, lane) in _lanes)
                lane.Complete();
        }
    }

    private void Route(DomainEvent made)
    {
        foreach (var (pattern, lane) in _lanes)
        {
            if (pattern.Matches(made.Name))
                lane.Post(made);
        }
    }
}
