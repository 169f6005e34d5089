using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;

namespace Tasker.Benchmarks.Engine;

/// <summary>A store on a slower disk.</summary>
internal sealed class SlowStore(ITaskStore store, TimeSpan flushDelay) : ITaskStore
{
    public bool CommitsAtOnce => false;

    public IReadOnlyList<StoredTask> Open() => store.Open();

    public void Commit(Changes changes, DateTimeOffset now)
    {
        Thread.Sleep(flushDelay);
        store.Commit(changes, now);
    }

    public ValueTask<TaskSnapshot?> ReadAsync(Guid taskId, CancellationToken cancellationToken) => store.ReadAsync(taskId, cancellationToken);

    public void Dispose() => store.Dispose();
}
