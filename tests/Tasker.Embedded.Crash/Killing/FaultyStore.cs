using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>A disk that now and then refuses a commit, or takes its time.</summary>
internal sealed class FaultyStore(ITaskStore inner, Random random) : ITaskStore
{
    private const int OneRefusedIn = 50;
    private const int OneSlowIn = 10;
    private const int SlowestMilliseconds = 30;

    public bool CommitsAtOnce => inner.CommitsAtOnce;

    public bool ListsUnfinished => inner.ListsUnfinished;

    public IReadOnlyList<StoredTask> Open() => inner.Open();

    public void Commit(Changes changes, DateTimeOffset now)
    {
        if (random.Next(OneRefusedIn) == 0)
            throw new TaskStoreException("The disk refused to write.");
        if (random.Next(OneSlowIn) == 0)
            Thread.Sleep(random.Next(SlowestMilliseconds));
        inner.Commit(changes, now);
        if (random.Next(OneSlowIn) == 0)
            Thread.Sleep(random.Next(SlowestMilliseconds));
    }

    public StoredTask? Load(Guid taskId) => inner.Load(taskId);

    public Guid? FindByIdentity(string identityHash) => inner.FindByIdentity(identityHash);

    public DeadLetter? FindDeadLetter(Guid entryId) => inner.FindDeadLetter(entryId);

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) => inner.ReadAsync(taskId, cancellationToken);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken) =>
        inner.ListAsync(filter, before, cancellationToken);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken) =>
        inner.ListDeadLettersAsync(filter, before, cancellationToken);

    public void Dispose() => inner.Dispose();
}
