using System.Text;
using System.Text.Json;
using RabbitMQ.Client;
using Tasker.Postgres.Fixture.Orchestrator;

namespace Tasker.Postgres.Fixture.RabbitMq;

/// <summary>Queues of a RabbitMQ server, as tasker-core's own processes declare and use them (§12).</summary>
public sealed class AmqpQueues : IOrchestratorQueues, IAsyncDisposable
{
    /// <summary>Where results arrive.</summary>
    public const string Results = "orchestration_step_results";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly IConnection _connection;
    private readonly IChannel _channel;
    private readonly List<ResultNotice> _open = [];

    private AmqpQueues(IConnection connection, IChannel channel) => (_connection, _channel) = (connection, channel);

    /// <summary>Connects.</summary>
    public static async Task<AmqpQueues> ConnectAsync(string url)
    {
        var connection = await new ConnectionFactory { Uri = new Uri(url), AutomaticRecoveryEnabled = false }.CreateConnectionAsync("orchestrator").ConfigureAwait(false);
        var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true)).ConfigureAwait(false);
        return new AmqpQueues(connection, channel);
    }

    /// <summary>The queue of a namespace's steps.</summary>
    public static string Steps(string @namespace) => $"worker_{@namespace}_queue";

    /// <summary>Declares a queue with tasker-core's arguments.</summary>
    public async Task DeclareAsync(string queue)
    {
        await _channel.ExchangeDeclareAsync(queue + "_dlx", "direct", durable: true).ConfigureAwait(false);
        await _channel.QueueDeclareAsync(queue + "_dlq", durable: true, exclusive: false, autoDelete: false).ConfigureAwait(false);
        await _channel.QueueBindAsync(queue + "_dlq", queue + "_dlx", queue).ConfigureAwait(false);
        var arguments = new Dictionary<string, object?> { ["x-dead-letter-exchange"] = queue + "_dlx", ["x-dead-letter-routing-key"] = queue };
        await _channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments).ConfigureAwait(false);
    }

    /// <summary>Sends a text; returns when the broker has stored it.</summary>
    public async Task SendAsync(string queue, string message)
    {
        var properties = new BasicProperties { ContentType = "application/json", DeliveryMode = DeliveryModes.Persistent };
        await _channel.BasicPublishAsync("", queue, mandatory: true, properties, Encoding.UTF8.GetBytes(message)).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation) =>
        SendAsync(Steps(@namespace), $$"""{"task_uuid":"{{task}}","step_uuid":"{{step}}","correlation_id":"{{correlation}}"}""");

    /// <summary>Sends many texts; returns when the broker has stored them.</summary>
    public async Task SendAsync(string queue, IEnumerable<string> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        foreach (var part in messages.Chunk(500))
            await Task.WhenAll(part.Select(message => SendAsync(queue, message))).ConfigureAwait(false);
    }

    /// <summary>How many messages wait in a queue, those in the hands of consumers not counted.</summary>
    public async Task<uint> CountAsync(string queue) => (await _channel.QueueDeclarePassiveAsync(queue).ConfigureAwait(false)).MessageCount;

    /// <summary>How many consumers a queue has.</summary>
    public async Task<uint> ConsumersAsync(string queue) => (await _channel.QueueDeclarePassiveAsync(queue).ConfigureAwait(false)).ConsumerCount;

    /// <summary>Deletes a queue.</summary>
    public Task DeleteAsync(string queue) => _channel.QueueDeleteAsync(queue);

    /// <summary>Takes one message out of a queue.</summary>
    public async Task<BasicGetResult?> TakeAsync(string queue) => await _channel.BasicGetAsync(queue, autoAck: true).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks)
    {
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            while (await _channel.BasicGetAsync(Results, autoAck: false).ConfigureAwait(false) is { } got)
            {
                using var message = JsonDocument.Parse(got.Body);
                ResultNotice? notice = null;
                notice = new ResultNotice(
                    message.RootElement.GetProperty("task_uuid").GetGuid(),
                    message.RootElement.GetProperty("step_uuid").GetGuid(),
                    async () =>
                    {
                        _open.Remove(notice!);
                        await _channel.BasicAckAsync(got.DeliveryTag, multiple: false).ConfigureAwait(false);
                    });
                _open.Add(notice);
            }

            return [.. _open.Where(one => tasks.Contains(one.Task))];
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _connection.AbortAsync(TimeSpan.FromSeconds(5)).ConfigureAwait(false);
        await _connection.DisposeAsync().ConfigureAwait(false);
        _turn.Dispose();
    }
}
