using System.Collections.Concurrent;
using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>Keeps tasks for as long as the process lives: for tests and for work that may be lost.</summary>
/// <param name="finishedTasksKept">How many finished tasks can still be asked for; older ones are forgotten.</param>
internal sealed class InMemoryTaskStore(int finishedTasksKept) : ITaskStore
{
    private readonly ConcurrentDictionary<Guid, TaskRun> _finished = new();
    private readonly Queue<Guid> _order = new();

    public bool CommitsAtOnce => true;

    public IReadOnlyList<StoredTask> Open() => [];

    public void Commit(Changes changes, DateTimeOffset now)
    {
        foreach (var run in changes.Created)
            Keep(run);
        foreach (var run in changes.Tasks)
            Keep(run);
    }

    public ValueTask<TaskSnapshot?> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_finished.TryGetValue(taskId, out var run) ? run.ToSnapshot() : null);

    public void Dispose()
    {
        // Nothing outlives the store, and nothing is to be released before.
    }

    private void Keep(TaskRun run)
    {
        if (!run.State.IsTerminal())
            return;
        _finished[run.Id] = run;
        _order.Enqueue(run.Id);
        if (_order.Count > finishedTasksKept)
            _finished.TryRemove(_order.Dequeue(), out _);
    }
}
