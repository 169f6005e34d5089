using RabbitMQ.Client;
using Tasker.Postgres.Messages;

namespace Tasker.RabbitMq;

/// <summary>A message that the broker has handed to this worker and that is not settled yet.</summary>
/// <param name="channel">The channel that it came by, which alone can settle it.</param>
/// <param name="tag">What the channel calls it.</param>
/// <param name="message">What the worker calls it.</param>
/// <param name="redelivered">Whether it was handed to a worker before.</param>
internal sealed class Delivery(IChannel channel, ulong tag, StepMessage message, bool redelivered)
{
    public IChannel Channel => channel;

    public ulong Tag => tag;

    public StepMessage Message => message;

    public bool IsRedelivered => redelivered;

    /// <summary>Since when it waits, as a timestamp of the clock.</summary>
    public required long Since { get; set; }

    /// <summary>The worker has looked at it and cannot use it.</summary>
    public bool IsLeft { get; set; }
}
