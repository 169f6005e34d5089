using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;
using Tasker.Postgres.Messages;
using Tasker.RabbitMq.Telemetry;

namespace Tasker.RabbitMq;

/// <summary>
/// Receives messages and settles them. Nothing is acknowledged on arrival: what a worker does not settle, because it dies or its connection does, the broker
/// hands to another. A message that waits here too long goes back as well, so that a busy worker does not keep it from idle ones.
/// </summary>
internal sealed class Receiver(Broker broker, RabbitMqOptions options, TimeProvider time, ILogger logger) : IAsyncDisposable
{
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestClaim = TimeSpan.FromMinutes(2);

    private readonly CancellationTokenSource _noMore = new();
    private readonly CancellationTokenSource _close = new();
    private readonly TaskCompletionSource _receivingEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ConcurrentDictionary<long, Delivery> _deliveries = new();
    private Task? _loop;
    private long _lastId;

    public void Start(IReadOnlyList<string> queues, IMessageReceiver receiver) => _loop = Task.Run(() => RunAsync(queues, receiver));

    public async Task StopReceivingAsync()
    {
        await _noMore.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
            await _receivingEnded.Task.ConfigureAwait(false);
    }

    /// <summary>Messages of a connection that is gone are unknown here, and with the broker again.</summary>
    public async ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken)
    {
        foreach (var message in messages)
        {
            if (!_deliveries.TryGetValue(message.Id, out var delivery))
                continue;
            if (fate is MessageFate.Done)
            {
                if (TryTake(delivery))
                    await delivery.Channel.BasicAckAsync(delivery.Tag, multiple: false, cancellationToken).ConfigureAwait(false);
            }
            else if (fate is MessageFate.Poison)
            {
                if (!TryTake(delivery))
                    continue;
                await delivery.Channel.BasicRejectAsync(delivery.Tag, requeue: false, cancellationToken).ConfigureAwait(false);
                Log.Poison(logger, message.Queue);
            }
            else if (delivery.IsRedelivered && !_noMore.IsCancellationRequested)
            {
                // Nobody else took it when it went back; it would come again at once.
                delivery.Since = time.GetTimestamp();
                delivery.IsLeft = true;
            }
            else
            {
                await HandBackAsync(delivery, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _noMore.CancelAsync().ConfigureAwait(false);
        await _close.CancelAsync().ConfigureAwait(false);
        if (_loop is not null)
            await _loop.ConfigureAwait(false);
        _noMore.Dispose();
        _close.Dispose();
    }

    private async Task RunAsync(IReadOnlyList<string> queues, IMessageReceiver receiver)
    {
        var delay = ShortestDelay;
        while (!_noMore.IsCancellationRequested)
        {
            try
            {
                var connection = await broker.ConnectAsync(_noMore.Token).ConfigureAwait(false);
                try
                {
                    var lost = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
                    var consumers = await ConsumeAsync(connection, queues, receiver, reason => lost.TrySetResult(reason)).ConfigureAwait(false);
                    Log.Receiving(logger, broker.Address, string.Join(", ", queues));
                    delay = ShortestDelay;
                    await ServeAsync(consumers, receiver, lost.Task).ConfigureAwait(false);
                }
                finally
                {
                    Forget(receiver);
                    await Broker.CloseAsync(connection).ConfigureAwait(false);
                }
            }
            catch (OperationCanceledException) when (_noMore.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception)
            {
                Log.ConnectionLost(logger, broker.Address, delay, exception.Message);
                await Task.Delay(delay, time, _noMore.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
            }
        }

        _receivingEnded.TrySetResult();
    }

    private async Task<List<(IChannel Channel, string Tag)>> ConsumeAsync(IConnection connection, IReadOnlyList<string> queues, IMessageReceiver receiver, Action<string> ended)
    {
        var consumers = new List<(IChannel, string)>();
        foreach (var queue in queues)
        {
            var channel = await broker.OpenAsync(connection, options: null, _noMore.Token).ConfigureAwait(false);
            // A broker that was set up anew has lost the queue.
            await broker.DeclareAsync(channel, queue, _noMore.Token).ConfigureAwait(false);
            await channel.BasicQosAsync(prefetchSize: 0, (ushort)options.Prefetch, global: false, _noMore.Token).ConfigureAwait(false);
            var consumer = new StepConsumer(channel, (tag, redelivered, body) => Deliver(channel, tag, redelivered, queue, body, receiver), ended);
            var name = $"tasker-consumer-{Guid.NewGuid()}";
            await channel.BasicConsumeAsync(queue, autoAck: false, name, noLocal: false, exclusive: false, arguments: null, consumer, _noMore.Token).ConfigureAwait(false);
            consumers.Add((channel, name));
        }

        return consumers;
    }

    private void Deliver(IChannel channel, ulong tag, bool redelivered, string queue, ReadOnlySpan<byte> body, IMessageReceiver receiver)
    {
        var message = new StepMessage(queue, Interlocked.Increment(ref _lastId), StepMessage.ReadStep(body));
        _deliveries[message.Id] = new Delivery(channel, tag, message, redelivered) { Since = time.GetTimestamp() };
        receiver.Announce(message);
    }

    /// <summary>Until the connection is lost, or closed because the worker stops; then what waits goes back first, and what is being claimed can be settled.</summary>
    private async Task ServeAsync(List<(IChannel Channel, string Tag)> consumers, IMessageReceiver receiver, Task<string> lost)
    {
        var interval = options.HandBackAfter / 4;
        while (!_noMore.IsCancellationRequested)
        {
            using var tick = CancellationTokenSource.CreateLinkedTokenSource(_noMore.Token);
            await Task.WhenAny(lost, Task.Delay(interval, time, tick.Token)).ConfigureAwait(false);
            await tick.CancelAsync().ConfigureAwait(false);
            if (lost.IsCompleted)
                throw new IOException(await lost.ConfigureAwait(false));
            await HandBackAsync(receiver, options.HandBackAfter).ConfigureAwait(false);
        }

        foreach (var (channel, tag) in consumers)
            await channel.BasicCancelAsync(tag, cancellationToken: _close.Token).ConfigureAwait(false);
        await HandBackAsync(receiver, TimeSpan.Zero).ConfigureAwait(false);
        _receivingEnded.TrySetResult();
        var closing = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _close.Token.UnsafeRegister(static state => ((TaskCompletionSource<string>)state!).TrySetResult(""), closing);
        await Task.WhenAny(lost, closing.Task).ConfigureAwait(false);
    }

    /// <summary>A message that does not wait is being claimed; unless it has been so for very long, and was forgotten on the way.</summary>
    private async Task HandBackAsync(IMessageReceiver receiver, TimeSpan after)
    {
        foreach (var delivery in _deliveries.Values)
        {
            var waited = time.GetElapsedTime(delivery.Since);
            if (waited >= after && (delivery.IsLeft || receiver.Withdraw(delivery.Message) || waited >= LongestClaim))
                await HandBackAsync(delivery, CancellationToken.None).ConfigureAwait(false);
        }
    }

    private async ValueTask HandBackAsync(Delivery delivery, CancellationToken cancellationToken)
    {
        if (TryTake(delivery))
            await delivery.Channel.BasicNackAsync(delivery.Tag, multiple: false, requeue: true, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A message is settled once, and only over the channel that it came by; without that one, the broker has it again.</summary>
    private bool TryTake(Delivery delivery) => _deliveries.TryRemove(delivery.Message.Id, out _) && delivery.Channel.IsOpen;

    /// <summary>The broker gives the messages of a lost connection to others.</summary>
    private void Forget(IMessageReceiver receiver)
    {
        foreach (var delivery in _deliveries.Values)
        {
            if (_deliveries.TryRemove(delivery.Message.Id, out _))
                receiver.Withdraw(delivery.Message);
        }
    }
}
