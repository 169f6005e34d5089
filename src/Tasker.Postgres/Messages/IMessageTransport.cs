namespace Tasker.Postgres.Messages;

/// <summary>
/// Carries tasker-core's messages where they do not lie in PGMQ queues beside the steps. There, a message is settled and sent in the statement that claims
/// or completes its step; a transport does so after that statement has been committed, so that a message may come or go twice but is never lost. Safe to
/// use from many threads at once.
/// </summary>
public interface IMessageTransport
{
    /// <summary>Creates queues. Those that exist stay as they are.</summary>
    /// <param name="queues">Their names.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="IOException">The queues cannot be reached at present.</exception>
    /// <exception cref="ConfigurationException">They cannot be created, now or later; the message says why.</exception>
    Task CreateQueuesAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken);

    /// <summary>Begins to receive. A lost connection is made again, for as long as it takes.</summary>
    /// <param name="queues">The queues to receive from; they exist.</param>
    /// <param name="receiver">Who is told.</param>
    void Start(IReadOnlyList<string> queues, IMessageReceiver receiver);

    /// <summary>Ends receiving, as soon as the worker begins to stop. Messages that wait go to other workers; settling and sending are still possible.</summary>
    Task StopReceivingAsync();

    /// <summary>Reads messages that nobody announced. They are hidden from others for a while. Transports that announce all messages return none.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask<IReadOnlyList<StepMessage>> ReadAsync(int count, CancellationToken cancellationToken);

    /// <summary>Says what becomes of messages. A message that cannot be settled comes again.</summary>
    /// <param name="messages">Messages that were announced or read.</param>
    /// <param name="fate">What becomes of them.</param>
    /// <param name="cancellationToken">Gives up.</param>
    ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken);

    /// <summary>Sends messages. Returns when all are known to be stored in their queue; throws when that is not known, and the caller sends them again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="messages">UTF-8 JSON.</param>
    /// <param name="cancellationToken">Gives up.</param>
    Task SendAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken);
}
