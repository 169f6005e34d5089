using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Tasker.Client;
using Tasker.Telemetry;
using Tasker.Templates;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Events;

/// <summary>
/// Takes the declared events of finished attempts off the worker's hands: publishers and schema checks run here, then each receiver gets them at
/// its own pace. Nothing of it can fail a step or hold one up; what does not fit into a queue is dropped, counted and logged.
/// </summary>
internal sealed class EventDispatcher(
    IServiceProvider services,
    IEnumerable<EventSubscription> subscriptions,
    IEnumerable<EventPublisher> publishers,
    IEnumerable<IDomainEventSink> sinks,
    IEnumerable<ISchemaValidator> schemas,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    TaskerMetrics metrics,
    ILogger<EventDispatcher> logger) : IHostedService, IDisposable
{
    private const int SinkAttempts = 5;

    private readonly EventSubscription[] _subscriptions = [.. subscriptions];
    private readonly Dictionary<string, EventPublisher> _publishers = publishers.ToDictionary(publisher => publisher.Name, StringComparer.Ordinal);
    private readonly IDomainEventSink[] _sinks = [.. sinks];
    private readonly ISchemaValidator? _schemas = schemas.LastOrDefault();
    private readonly ConcurrentDictionary<string, bool> _unknownPublishers = new(StringComparer.Ordinal);
    private readonly Channel<DomainEvent> _queue =
        Channel.CreateBounded<DomainEvent>(new BoundedChannelOptions(options.Value.EventQueueCapacity) { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();

    private (EventPattern Pattern, EventLane Lane)[] _fast = [];
    private EventLane[] _durable = [];
    private Task _running = Task.CompletedTask;

    /// <summary>Whether anybody wants to know of events.</summary>
    private bool HasReceivers => _subscriptions.Length + _sinks.Length > 0;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!HasReceivers)
            return Task.CompletedTask;
        _fast = [.. _subscriptions.Select(subscription => (subscription.Pattern, Lane($"subscriber of '{subscription.Pattern.Text}'", subscription.Open(services), attempts: 1)))];
        _durable = [.. _sinks.Select(sink => Lane("durable queue", sink.PublishAsync, SinkAttempts))];
        _running = Task.WhenAll(Lanes().Select(lane => Task.Run(() => lane.RunAsync(_giveUp.Token), CancellationToken.None)).Append(Task.Run(RouteAsync, CancellationToken.None)));
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

    /// <summary>Announces what a finished attempt leads to. Returns at once.</summary>
    public void Publish(ClaimedStep step, StepOutcome outcome, TimeSpan duration)
    {
        if (!HasReceivers)
            return;
        foreach (var declaration in step.Definition.Events)
        {
            if (!EventRules.Holds(declaration.Condition, step, outcome.Failure))
                continue;
            var now = time.GetUtcNow();
            var domainEvent = new DomainEvent
            {
                EventId = Guid.CreateVersion7(now),
                Declaration = declaration,
                Step = step,
                Payload = EventRules.Payload(outcome),
                Failure = outcome.Failure,
                Duration = duration,
                FiredAt = now,
            };
            if (!_queue.Writer.TryWrite(domainEvent))
            {
                Log.EventDropped(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, "dispatcher", options.Value.EventQueueCapacity);
                metrics.Event(domainEvent.Name, "dropped");
            }
        }
    }

    private async Task RouteAsync()
    {
        try
        {
            await foreach (var domainEvent in _queue.Reader.ReadAllAsync(_giveUp.Token).ConfigureAwait(false))
                Route(domainEvent);
        }
        finally
        {
            foreach (var lane in Lanes())
                lane.Complete();
        }
    }

    private void Route(DomainEvent declared)
    {
        try
        {
            if (Made(declared) is not { } domainEvent || !IsValid(domainEvent))
                return;
            if (domainEvent.Declaration.Delivery is not EventDelivery.Fast)
            {
                foreach (var lane in _durable)
                    lane.Post(domainEvent);
            }

            if (domainEvent.Declaration.Delivery is EventDelivery.Durable && _durable.Length > 0)
                return;
            foreach (var (pattern, lane) in _fast)
            {
                if (pattern.Matches(domainEvent.Name))
                    lane.Post(domainEvent);
            }
        }
        catch (Exception exception)
        {
            // A publisher or a schema of the application's is broken; the other events go on.
            Log.EventFailed(logger, declared.Name, declared.StepName, declared.TaskId, "publisher", 1, 1, exception);
            metrics.Event(declared.Name, "failed");
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

    private IEnumerable<EventLane> Lanes() => _fast.Select(one => one.Lane).Concat(_durable);

    private EventLane Lane(string receiver, Func<DomainEvent, CancellationToken, ValueTask> deliver, int attempts) =>
        new(receiver, deliver, attempts, options.Value.EventQueueCapacity, time, metrics, logger);
}
