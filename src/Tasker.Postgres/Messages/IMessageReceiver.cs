namespace Tasker.Postgres.Messages;

/// <summary>What a transport tells its worker. May be called from any thread; returns at once.</summary>
public interface IMessageReceiver
{
    /// <summary>A message has come. It waits for a free slot; <see cref="IMessageTransport.SettleAsync"/> says what becomes of it.</summary>
    void Announce(StepMessage message);

    /// <summary>An announced message is no longer this worker's: it goes back to its queue.</summary>
    /// <returns><see langword="false"/> when it no longer waits: it is being claimed, and will be settled.</returns>
    bool Withdraw(StepMessage message);

    /// <summary>There may be something to read with <see cref="IMessageTransport.ReadAsync"/>.</summary>
    void LookIntoQueues();
}
