using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace Tasker.RabbitMq;

/// <summary>Makes connections to the broker, and the queues there as tasker-core's own workers declare them (protocol sheet §12).</summary>
internal sealed class Broker
{
    /// <summary>The name of the connections, as tasker-core's.</summary>
    private const string ConnectionName = "tasker-messaging";

    private static readonly TimeSpan CloseLimit = TimeSpan.FromSeconds(5);

    private readonly ConnectionFactory _factory;

    public Broker(RabbitMqOptions options)
    {
        // Connections are made again here, where the messages of a lost one are known to be gone, and not by the client.
        _factory = new ConnectionFactory
        {
            Uri = new Uri(options.Url),
            ClientProvidedName = ConnectionName,
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedHeartbeat = options.Heartbeat,
        };
    }

    /// <summary>The address, without the password.</summary>
    public string Address => $"{_factory.HostName}:{_factory.Endpoint.Port}";

    /// <exception cref="IOException">The broker does not answer.</exception>
    /// <exception cref="ConfigurationException">It refuses the user or the virtual host.</exception>
    public async Task<IConnection> ConnectAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _factory.CreateConnectionAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Refusal(exception) is { } refusal)
        {
            throw Refused(refusal);
        }
        catch (BrokerUnreachableException exception)
        {
            throw new IOException($"RabbitMQ at {Address} does not answer: {exception.GetBaseException().Message}.", exception);
        }
    }

    /// <summary>Opens a channel.</summary>
    /// <exception cref="ConfigurationException">The broker refuses the virtual host, which it may say only now.</exception>
    public async Task<IChannel> OpenAsync(IConnection connection, CreateChannelOptions? options, CancellationToken cancellationToken)
    {
        try
        {
            return await connection.CreateChannelAsync(options, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (Refusal(exception) is { } refusal)
        {
            throw Refused(refusal);
        }
    }

    /// <summary>Declares a queue, with the queue beside it for messages that nobody can use.</summary>
    /// <exception cref="ConfigurationException">The queue exists and is another.</exception>
    public async Task DeclareAsync(IChannel channel, string queue, CancellationToken cancellationToken)
    {
        try
        {
            if (queue.EndsWith("_dlq", StringComparison.Ordinal))
            {
                await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
                return;
            }

            var (exchange, dead) = (queue + "_dlx", queue + "_dlq");
            await channel.ExchangeDeclareAsync(exchange, ExchangeType.Direct, durable: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueDeclareAsync(dead, durable: true, exclusive: false, autoDelete: false, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueBindAsync(dead, exchange, routingKey: queue, cancellationToken: cancellationToken).ConfigureAwait(false);
            await channel.QueueDeclareAsync(
                queue,
                durable: true,
                exclusive: false,
                autoDelete: false,
                new Dictionary<string, object?> { ["x-dead-letter-exchange"] = exchange, ["x-dead-letter-routing-key"] = queue },
                cancellationToken: cancellationToken).ConfigureAwait(false);
        }
        catch (OperationInterruptedException exception) when (exception.ShutdownReason?.ReplyCode is Constants.PreconditionFailed or Constants.AccessRefused)
        {
            throw new ConfigurationException($"RabbitMQ at {Address} refuses to declare queue '{queue}': {exception.ShutdownReason!.ReplyText}", exception);
        }
    }

    /// <summary>Closes a connection, also one that is broken already. What it had delivered and was not settled goes to others.</summary>
    public static async Task CloseAsync(IConnection connection)
    {
        await connection.AbortAsync(CloseLimit).ConfigureAwait(false);
        await connection.DisposeAsync().ConfigureAwait(false);
    }

    private ConfigurationException Refused(Exception refusal) =>
        new($"RabbitMQ at {Address} refuses user '{_factory.UserName}' in virtual host '{_factory.VirtualHost}': {refusal.Message}", refusal);

    private static Exception? Refusal(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is AuthenticationFailureException or PossibleAuthenticationFailureException
                || inner is OperationInterruptedException { ShutdownReason.ReplyCode: Constants.AccessRefused or Constants.NotAllowed })
            {
                return inner;
            }
        }

        return null;
    }
}
