using RabbitMQ.Client;

namespace Tasker.RabbitMq;

/// <summary>
/// Waits until the broker has confirmed a batch of messages. The client can do that too, but puts a header of its own on each message, which those of
/// tasker-core do not have.
/// </summary>
internal sealed class Confirmations
{
    private readonly Lock _gate = new();
    private readonly SortedSet<ulong> _open = [];
    private TaskCompletionSource _batch = new();
    private string? _problem;

    public Confirmations(IChannel channel)
    {
        channel.BasicAcksAsync += (_, args) => Confirm(args.DeliveryTag, args.Multiple, null);
        channel.BasicNacksAsync += (_, args) => Confirm(args.DeliveryTag, args.Multiple, "RabbitMQ could not store a message");
        channel.BasicReturnAsync += (_, args) => Fail($"queue '{args.RoutingKey}' does not exist: {args.ReplyText}");
        channel.ChannelShutdownAsync += (_, args) => Fail($"the channel was closed: {args.ReplyText}");
    }

    /// <summary>Begins a batch, before its messages are published.</summary>
    /// <param name="first">The number of its first message.</param>
    /// <param name="count">How many messages it has.</param>
    /// <returns>Ends when all are confirmed; fails with an <see cref="IOException"/> when one is not.</returns>
    public Task Begin(ulong first, int count)
    {
        lock (_gate)
        {
            _batch = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            for (var i = 0; i < count; i++)
                _open.Add(first + (ulong)i);
            Finish();
            return _batch.Task;
        }
    }

    private Task Confirm(ulong number, bool andAllBefore, string? problem)
    {
        lock (_gate)
        {
            _problem ??= problem;
            if (andAllBefore)
                _open.RemoveWhere(one => one <= number);
            else
                _open.Remove(number);
            Finish();
        }

        return Task.CompletedTask;
    }

    /// <summary>What is returned comes back before it is confirmed; a channel that is closed confirms nothing more.</summary>
    private Task Fail(string problem)
    {
        lock (_gate)
        {
            _problem ??= problem;
            Finish();
        }

        return Task.CompletedTask;
    }

    private void Finish()
    {
        if (_problem is not null)
            _batch.TrySetException(new IOException(_problem));
        else if (_open.Count == 0)
            _batch.TrySetResult();
    }
}
