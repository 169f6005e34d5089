namespace Tasker.RabbitMq;

/// <summary>How a worker of a tasker-core deployment uses RabbitMQ (protocol sheet §12).</summary>
public sealed class RabbitMqOptions
{
    /// <summary>
    /// The broker, as in tasker-core's <c>RABBITMQ_URL</c>: <c>amqp://user:password@host:5672/%2F</c>, or <c>amqps://</c> for TLS. Set by <c>UseRabbitMq</c>.
    /// </summary>
    public string Url { get; set; } = "amqp://guest:guest@localhost:5672/%2F";

    /// <summary>
    /// How many messages of a namespace the broker hands to this worker before it has claimed their steps. Default 100, as with tasker-core's own workers;
    /// 1 to 1000.
    /// </summary>
    public int Prefetch { get; set; } = 100;

    /// <summary>
    /// How long a message waits in this worker, for a free slot or because it has no handler for the step, before it goes back to its queue for other workers.
    /// Default 5 seconds; 100 milliseconds or more.
    /// </summary>
    public TimeSpan HandBackAfter { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the connection shows that it lives; after two missed beats it is made again. Default 30 seconds; 1 second or more.</summary>
    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the broker may take to confirm messages that are sent to it, before they are sent again. Default 10 seconds; 1 second or more.</summary>
    public TimeSpan ConfirmTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
