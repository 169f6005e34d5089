using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Events;

namespace Tasker.Benchmarks.Engine;

/// <summary>A store on a slower disk.</summary>
internal sealed class SlowStore(ITaskStore store, TimeSpan flushDelay) : ITaskStore
{
    public bool CommitsAtOnce => store.CommitsAtOnce;

    public IReadOnlyList<StoredTask> Open() => store.Open();

    public void Commit(Changes changes, DateTimeOffset now)
    {
        Thread.Sleep(flushDelay);
        store.Commit(changes, now);
    }

    public DateTimeOffset NextUpkeep => store.NextUpkeep;

    public void Upkeep(DateTimeOffset now) => store.Upkeep(now);

    public void Close() => store.Close();

    public StoredTask? Load(Guid taskId) => store.Load(taskId);

    public Guid? FindByIdentity(string identityHash) => store.FindByIdentity(identityHash);

    public DeadLetter? FindDeadLetter(Guid entryId) => store.FindDeadLetter(entryId);

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) => store.ReadAsync(taskId, cancellationToken);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken) =>
        store.ListAsync(filter, before, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken) =>
        store.ListDeadLettersAsync(filter, before, cancellationToken);

    public IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        store.ReadEvents(after, count, restore);

    public void Dispose() => store.Dispose();
}
