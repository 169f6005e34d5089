using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>What happens to the next commit.</summary>
internal enum Fault
{
    None,

    /// <summary>Nothing is stored, and the engine is told so.</summary>
    Refused,

    /// <summary>The process ends before anything is stored.</summary>
    CrashBefore,

    /// <summary>The process ends when all is stored, before it knows.</summary>
    CrashAfter,
}

/// <summary>A store that fails when told to. Commits happen on the caller's thread, so that a run is the same each time.</summary>
/// <param name="inner">Keeps the tasks.</param>
/// <param name="faults">Says what happens to each commit.</param>
internal sealed class UnreliableStore(ITaskStore inner, Func<Fault> faults) : ITaskStore
{
    public bool CommitsAtOnce => true;

    public bool ListsUnfinished => inner.ListsUnfinished;

    /// <summary>Whether the process has ended.</summary>
    public bool HasCrashed { get; private set; }

    /// <summary>How many commits were stored.</summary>
    public int Commits { get; private set; }

    public IReadOnlyList<StoredTask> Open() => inner.Open();

    public void Commit(Changes changes, DateTimeOffset now)
    {
        if (HasCrashed)
            throw new TaskStoreException("The process has ended.");
        switch (faults())
        {
            case Fault.Refused:
                throw new TaskStoreException("The disk is out of order for a while.");
            case Fault.CrashBefore:
                HasCrashed = true;
                throw new TaskStoreException("The process has ended.");
            case Fault.CrashAfter:
                inner.Commit(changes, now);
                HasCrashed = true;
                throw new TaskStoreException("The process has ended.");
            default:
                inner.Commit(changes, now);
                Commits++;
                break;
        }
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
