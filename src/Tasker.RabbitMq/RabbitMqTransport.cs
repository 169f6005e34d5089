using Microsoft.Extensions.Logging;
using Tasker.Postgres.Messages;

namespace Tasker.RabbitMq;

/// <summary>tasker-core's messages over RabbitMQ (protocol sheet §12).</summary>
internal sealed class RabbitMqTransport : IMessageTransport, IAsyncDisposable
{
    private readonly Broker _broker;
    private readonly Receiver _receiver;
    private readonly Publisher _publisher;

    public RabbitMqTransport(RabbitMqOptions options, TimeProvider time, ILogger<RabbitMqTransport> logger)
    {
        _broker = new Broker(options);
        _receiver = new Receiver(_broker, options, time, logger);
        _publisher = new Publisher(_broker, options, time);
    }

    public async Task CreateQueuesAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken)
    {
        var connection = await _broker.ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await _broker.OpenAsync(connection, options: null, cancellationToken).ConfigureAwait(false);
            foreach (var queue in queues)
                await _broker.DeclareAsync(channel, queue, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await Broker.CloseAsync(connection).ConfigureAwait(false);
        }
    }

    public void Start(IReadOnlyList<string> queues, IMessageReceiver receiver) => _receiver.Start(queues, receiver);

    public Task StopReceivingAsync() => _receiver.StopReceivingAsync();

    /// <summary>The broker announces every message.</summary>
    public ValueTask<IReadOnlyList<StepMessage>> ReadAsync(int count, CancellationToken cancellationToken) => new([]);

    public ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken) =>
        _receiver.SettleAsync(messages, fate, cancellationToken);

    public Task SendAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken) =>
        _publisher.SendAsync(queue, messages, cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync().ConfigureAwait(false);
        await _publisher.DisposeAsync().ConfigureAwait(false);
    }
}
