using RabbitMQ.Client;

namespace Tasker.RabbitMq;

/// <summary>
/// Sends messages and waits until the broker has stored them. It has a connection of its own, opened with the first message: a broker that is short of
/// memory or disk stops reading from connections that publish, and acknowledgements must not wait behind that.
/// </summary>
internal sealed class Publisher(Broker broker, RabbitMqOptions options, TimeProvider time) : IAsyncDisposable
{
    private static readonly CreateChannelOptions Confirmed = new(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: false);
    private static readonly BasicProperties Properties = new() { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent };

    private readonly SemaphoreSlim _turn = new(1, 1);
    private Session? _session;

    /// <exception cref="IOException">Not all messages are known to be stored.</exception>
    public async Task SendAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        using var limit = new CancellationTokenSource(options.ConfirmTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            // It may have been lost since the last message.
            if (_session is { Channel.IsOpen: false })
                await CloseAsync().ConfigureAwait(false);
            _session ??= await OpenAsync(either.Token).ConfigureAwait(false);
            await SendAsync(_session, queue, messages, either.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            await CloseAsync().ConfigureAwait(false);
            if (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new IOException($"RabbitMQ at {broker.Address} did not confirm {messages.Count} messages within {options.ConfirmTimeout}.", exception);
            throw;
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        await CloseAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private async Task SendAsync(Session session, string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
    {
        // Again with each connection: a broker that was set up anew has lost the queue, and drops what is sent to it.
        if (session.Declared.Add(queue))
            await broker.DeclareAsync(session.Channel, queue, cancellationToken).ConfigureAwait(false);
        var first = await session.Channel.GetNextPublishSequenceNumberAsync(cancellationToken).ConfigureAwait(false);
        var confirmed = session.Confirmations.Begin(first, messages.Count);
        foreach (var message in messages)
            await session.Channel.BasicPublishAsync(exchange: "", queue, mandatory: true, Properties, message, cancellationToken).ConfigureAwait(false);
        await confirmed.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Session> OpenAsync(CancellationToken cancellationToken)
    {
        var connection = await broker.ConnectAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var channel = await broker.OpenAsync(connection, Confirmed, cancellationToken).ConfigureAwait(false);
            return new Session(connection, channel, new Confirmations(channel));
        }
        catch
        {
            await Broker.CloseAsync(connection).ConfigureAwait(false);
            throw;
        }
    }

    private async Task CloseAsync()
    {
        if (_session is { } session)
        {
            _session = null;
            await Broker.CloseAsync(session.Connection).ConfigureAwait(false);
        }
    }

    private sealed record Session(IConnection Connection, IChannel Channel, Confirmations Confirmations)
    {
        public HashSet<string> Declared { get; } = [];
    }
}
