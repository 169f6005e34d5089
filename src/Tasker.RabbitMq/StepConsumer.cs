using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace Tasker.RabbitMq;

/// <summary>Gets the messages of one queue.</summary>
/// <param name="channel">The queue's channel.</param>
/// <param name="delivered">Gets a message's tag, whether it was delivered before, and its text, which is gone when it returns.</param>
/// <param name="ended">Called when no more messages come: the queue is gone, or the channel.</param>
internal sealed class StepConsumer(IChannel channel, Action<ulong, bool, ReadOnlySpan<byte>> delivered, Action<string> ended) : AsyncDefaultBasicConsumer(channel)
{
    public override Task HandleBasicDeliverAsync(
        string consumerTag,
        ulong deliveryTag,
        bool redelivered,
        string exchange,
        string routingKey,
        IReadOnlyBasicProperties properties,
        ReadOnlyMemory<byte> body,
        CancellationToken cancellationToken = default)
    {
        delivered(deliveryTag, redelivered, body.Span);
        return Task.CompletedTask;
    }

    public override Task HandleBasicCancelAsync(string consumerTag, CancellationToken cancellationToken = default)
    {
        ended("the queue was deleted");
        return base.HandleBasicCancelAsync(consumerTag, cancellationToken);
    }

    public override Task HandleChannelShutdownAsync(object channel, ShutdownEventArgs reason)
    {
        ended(reason.ReplyText);
        return base.HandleChannelShutdownAsync(channel, reason);
    }
}
