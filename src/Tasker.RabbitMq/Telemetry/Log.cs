using Microsoft.Extensions.Logging;

namespace Tasker.RabbitMq.Telemetry;

/// <summary>The log messages of the RabbitMQ transport. Event ids are stable: 45x.</summary>
internal static partial class Log
{
    [LoggerMessage(450, LogLevel.Information, "Receiving from RabbitMQ at {Broker}: {Queues}")]
    public static partial void Receiving(ILogger logger, string broker, string queues);

    [LoggerMessage(451, LogLevel.Warning, "The connection to RabbitMQ at {Broker} is lost; another try in {Delay}: {Message}")]
    public static partial void ConnectionLost(ILogger logger, string broker, TimeSpan delay, string message);

    [LoggerMessage(452, LogLevel.Error, "A message of {Queue} is in {Queue}_dlq now: it names no step that exists")]
    public static partial void Poison(ILogger logger, string queue);
}
