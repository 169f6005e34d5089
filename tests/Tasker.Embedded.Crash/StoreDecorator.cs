using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Events;

namespace Tasker.Embedded.Crash;

/// <summary>A store that does what another one does; what is to go wrong is overridden.</summary>
internal abstract class StoreDecorator(ITaskStore inner) : ITaskStore
{
    public virtual bool CommitsAtOnce => inner.CommitsAtOnce;

    public virtual DateTimeOffset NextUpkeep => inner.NextUpkeep;

    public IReadOnlyList<StoredTask> Open() => inner.Open();

    public virtual void Commit(Changes changes, DateTimeOffset now) => inner.Commit(changes, now);

    public virtual void Upkeep(DateTimeOffset now) => inner.Upkeep(now);

    public virtual void Close() => inner.Close();

    public virtual StoredTask? Load(Guid taskId) => inner.Load(taskId);

    public Guid? FindByIdentity(string identityHash) => inner.FindByIdentity(identityHash);

    public DeadLetter? FindDeadLetter(Guid entryId) => inner.FindDeadLetter(entryId);

    public virtual IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) => inner.ReadEvents(after, count, restore);

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) => inner.ReadAsync(taskId, cancellationToken);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken) =>
        inner.ListAsync(filter, before, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken) =>
        inner.ListDeadLettersAsync(filter, before, cancellationToken);

    public void Dispose() => inner.Dispose();
}
