namespace Tasker.Postgres.Messages;

/// <summary>
/// Announced messages that wait for a free slot. Every worker hears of every message, so most of what waits for long has been taken by others; beyond the
/// limit the oldest are forgotten here and found in the queue again. Safe to call from many threads at once.
/// </summary>
internal sealed class MessageBuffer
{
    private const int Limit = 4096;

    private readonly Lock _gate = new();
    private readonly LinkedList<StepMessage> _messages = new();
    private readonly Dictionary<(string, long), LinkedListNode<StepMessage>> _known = [];

    public void Add(StepMessage message)
    {
        lock (_gate)
        {
            if (_known.ContainsKey((message.Queue, message.Id)))
                return;
            if (_messages.Count == Limit)
                RemoveFirst();
            _known.Add((message.Queue, message.Id), _messages.AddLast(message));
        }
    }

    /// <summary>Takes out a message.</summary>
    /// <returns>Whether it was there.</returns>
    public bool Remove(StepMessage message)
    {
        lock (_gate)
        {
            if (!_known.Remove((message.Queue, message.Id), out var node))
                return false;
            _messages.Remove(node);
            return true;
        }
    }

    /// <summary>Takes out the oldest messages.</summary>
    public void TakeInto(List<StepMessage> taken, int count)
    {
        lock (_gate)
        {
            while (taken.Count < count && _messages.Count > 0)
                taken.Add(RemoveFirst());
        }
    }

    public bool IsEmpty
    {
        get
        {
            lock (_gate)
                return _messages.Count == 0;
        }
    }

    private StepMessage RemoveFirst()
    {
        var message = _messages.First!.Value;
        _messages.RemoveFirst();
        _known.Remove((message.Queue, message.Id));
        return message;
    }
}
