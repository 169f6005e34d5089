using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tasker.Client;
using Tasker.Telemetry;
using Tasker.Templates;
using Tasker.Worker;

namespace Tasker.Events;

/// <summary>
/// Takes the declared events of finished attempts off the worker's hands: publishers and schema checks run here, then each subscriber gets them at
/// its own pace. Nothing of it can fail a step; what does not fit into a queue is dropped, counted and logged. Events that are stored with the outcome have
/// to be made before it is stored, so their publishers and schema checks hold up their step.
/// </summary>
internal sealed class EventDispatcher(
    IServiceProvider services,
    IEnumerable<EventSubscription> subscriptions,
    IEnumerable<EventPublisher> publishers,
    IEnumerable<ISchemaValidator> schemas,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    TaskerMetrics metrics,
    ILogger<EventDispatcher> logger) : IHostedService, IDisposable
{
    private readonly EventSubscription[] _subscriptions = [.. subscriptions];
    private readonly Dictionary<string, EventPublisher> _publishers = publishers.ToDictionary(publisher => publisher.Name, StringComparer.Ordinal);
    private readonly ISchemaValidator? _schemas = schemas.LastOrDefault();
    private readonly ConcurrentDictionary<string, bool> _unknownPublishers = new(StringComparer.Ordinal);
    private readonly Channel<PendingEvent> _queue =
        Channel.CreateBounded<PendingEvent>(new BoundedChannelOptions(options.Value.EventQueueCapacity) { SingleReader = true });

    private readonly Lock _publishing = new();
    private readonly CancellationTokenSource _giveUp = new();

    private (EventPattern Pattern, EventLane Lane)[] _lanes = [];
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (_subscriptions.Length == 0)
            return Task.CompletedTask;
        _lanes = [.. _subscriptions.Select(subscription => (subscription.Pattern, Lane($"subscriber of '{subscription.Pattern.Text}'", subscription.Open(services))))];
        _running = Task.WhenAll(
            _lanes.Select(one => Task.Run(() => one.Lane.RunAsync(_giveUp.Token), CancellationToken.None)).Append(Task.Run(RouteAsync, CancellationToken.None)));
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

    /// <summary>Makes what a finished attempt leads to.</summary>
    /// <param name="step">The attempt.</param>
    /// <param name="outcome">What it returned.</param>
    /// <param name="duration">How long it took.</param>
    /// <param name="stores">Whether the work source stores durable events.</param>
    public AttemptEvents Prepare(ClaimedStep step, StepOutcome outcome, TimeSpan duration, bool stores)
    {
        List<DomainEvent>? stored = null;
        List<PendingEvent>? told = null;
        ReadOnlyMemory<byte>? payload = null;
        foreach (var declaration in step.Definition.Events)
        {
            var isStored = stores && declaration.Delivery is not EventDelivery.Fast;
            var isTold = _subscriptions.Length > 0 && !(stores && declaration.Delivery is EventDelivery.Durable);
            if ((!isStored && !isTold) || !EventRules.Holds(declaration.Condition, step, outcome.Failure))
                continue;
            var now = time.GetUtcNow();
            var made = new DomainEvent
            {
                EventId = Guid.CreateVersion7(now),
                Declaration = declaration,
                Step = step,
                Payload = payload ??= EventRules.Payload(outcome),
                Failure = outcome.Failure,
                Duration = duration,
                FiredAt = now,
            };
            if (isStored)
            {
                if (Finish(made) is not { } final)
                    continue;
                (stored ??= []).Add(made = final);
            }

            if (isTold)
                (told ??= []).Add(new PendingEvent(made, IsFinal: isStored));
        }

        return stored is null && told is null ? AttemptEvents.None : new AttemptEvents(stored ?? [], told ?? []);
    }

    /// <summary>Tells of an attempt whose outcome has been handed over. Returns at once.</summary>
    public void Publish(AttemptEvents attempt)
    {
        foreach (var stored in attempt.Stored)
            metrics.Event(stored.Name, "stored");
        foreach (var pending in attempt.Told)
        {
            if (_queue.Writer.TryWrite(pending))
                continue;
            var dropped = pending.Event;
            Log.EventDropped(logger, dropped.Name, dropped.StepName, dropped.TaskId, "dispatcher", options.Value.EventQueueCapacity);
            metrics.Event(dropped.Name, "dropped");
        }
    }

    private async Task RouteAsync()
    {
        try
        {
            await foreach (var pending in _queue.Reader.ReadAllAsync(_giveUp.Token).ConfigureAwait(false))
            {
                if ((pending.IsFinal ? pending.Event : Finish(pending.Event)) is not { } final)
                    continue;
                foreach (var (pattern, lane) in _lanes)
                {
                    if (pattern.Matches(final.Name))
                        lane.Post(final);
                }
            }
        }
        finally
        {
            foreach (var (_, lane) in _lanes)
                lane.Complete();
        }
    }

    /// <summary>The event as its publisher wants it; <see langword="null"/> when nobody is to be told. A publisher makes one event after the other.</summary>
    private DomainEvent? Finish(DomainEvent declared)
    {
        try
        {
            lock (_publishing)
                return Made(declared) is { } made && IsValid(made) ? made : null;
        }
        catch (Exception exception)
        {
            // A publisher or a schema of the application's is broken; the other events go on.
            Log.EventFailed(logger, declared.Name, declared.StepName, declared.TaskId, "publisher", exception);
            metrics.Event(declared.Name, "failed");
            return null;
        }
    }

    private DomainEvent? Made(DomainEvent domainEvent)
    {
        if (domainEvent.Declaration.Publisher is not { } name)
            return domainEvent;
        if (_publishers.TryGetValue(name, out var publisher))
            return publisher.Publish(domainEvent with { FiredBy = name });
        if (_unknownPublishers.TryAdd(name, true))
            Log.PublisherMissing(logger, name, domainEvent.Name, domainEvent.StepName);
        return domainEvent;
    }

    private bool IsValid(DomainEvent domainEvent)
    {
        if (_schemas is null || domainEvent.Declaration.Schema.Length == 0)
            return true;
        var violations = _schemas.Validate(domainEvent.Declaration.Schema, domainEvent.Payload);
        if (violations.Count == 0)
            return true;
        Log.EventRejected(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, violations[0].Path, violations[0].Message, violations.Count);
        metrics.Event(domainEvent.Name, "rejected");
        return false;
    }

    private EventLane Lane(string receiver, Func<DomainEvent, CancellationToken, ValueTask> deliver) =>
        new(receiver, deliver, options.Value.EventQueueCapacity, metrics, logger);
}
