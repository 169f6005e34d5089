namespace Tasker.Postgres.Messages;

/// <summary>What a transport tells its worker. May be called from any thread; returns at once.</summary>
public interface IMessageReceiver
{
    /// <summary>A message has come. It waits for a free slot; <see cref="IMessageTransport.SettleAsync"/> says what becomes of it.</summary>
    void Announce(StepMessage message);

    /// <summary>There may be something to read with <see cref="IMessageTransport.ReadAsync"/>.</summary>
    void LookIntoQueues();
}
