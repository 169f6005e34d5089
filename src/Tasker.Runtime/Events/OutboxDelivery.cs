using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tasker.Telemetry;
using Tasker.Work;
using Tasker.Worker;

namespace Tasker.Events;

/// <summary>
/// Hands durable events from the work source's outbox to the subscribers of this host, and settles those that all of them have. Events that
/// nobody subscribes to any more stay in the outbox.
/// </summary>
internal sealed class OutboxDelivery(
    IServiceProvider services,
    IWorkSource source,
    IEnumerable<EventSubscription> subscriptions,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    TaskerMetrics metrics,
    SafeLogger<OutboxDelivery> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan OutboxRetryDelay = TimeSpan.FromSeconds(1);

    private readonly SemaphoreSlim _room = new(options.Value.EventQueueCapacity);
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _giveUp = new();
    private (EventPattern Pattern, DurableLane Lane)[] _lanes = [];
    private Task _running = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (source.Outbox is not { } outbox)
            return Task.CompletedTask;
        _lanes = [.. subscriptions.Select(subscription => (
            subscription.Pattern,
            new DurableLane(subscription.Receiver, subscription.Open(services), time, metrics, logger)))];
        if (_lanes.Length > 0)
            _running = Task.WhenAll(_lanes.Select(one => Task.Run(() => one.Lane.RunAsync(_giveUp.Token), CancellationToken.None)).Append(Task.Run(() => TakeAsync(outbox), CancellationToken.None)));
        return Task.CompletedTask;
    }

    /// <summary>Tries to deliver what waits, for as long as the host does. What is not delivered stays in the outbox.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync().ConfigureAwait(false);
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

    public void Dispose()
    {
        _stop.Dispose();
        _giveUp.Dispose();
        _room.Dispose();
    }

    private async Task TakeAsync(IEventOutbox outbox)
    {
        try
        {
            while (!_stop.IsCancellationRequested)
            {
                await _room.WaitAsync(_stop.Token).ConfigureAwait(false);
                Post(outbox, await NextAsync(outbox).ConfigureAwait(false));
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The worker has stopped before: what is here now is all that comes.
            while (_room.Wait(0, CancellationToken.None) && outbox.TryTake(out var last))
                Post(outbox, last);
        }
        finally
        {
            foreach (var (_, lane) in _lanes)
                lane.Complete();
        }
    }

    private async ValueTask<OutboxEvent> NextAsync(IEventOutbox outbox)
    {
        while (true)
        {
            try
            {
                return await outbox.TakeAsync(_stop.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (!_stop.IsCancellationRequested)
            {
                Log.OutboxFailed(logger, OutboxRetryDelay, exception);
                await Task.Delay(OutboxRetryDelay, time, _stop.Token).ConfigureAwait(false);
            }
        }
    }

    private void Post(IEventOutbox outbox, OutboxEvent taken)
    {
        var wanting = Array.FindAll(_lanes, one => one.Pattern.Matches(taken.Event.Name));
        if (wanting.Length == 0)
        {
            _room.Release();
            return;
        }

        var delivery = new DurableLane.Delivery(taken.Event, wanting.Length, () =>
        {
            outbox.Settle(taken);
            _room.Release();
        });
        foreach (var (_, lane) in wanting)
            lane.Post(delivery);
    }
}
