using System.Collections.Concurrent;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Events;

namespace Tasker.Embedded.Storage;

/// <summary>Keeps tasks for as long as the process lives: for tests and for work that may be lost. Unfinished tasks are in the engine's memory only.</summary>
/// <param name="finishedTasksKept">How many settled tasks can still be asked for; older ones are forgotten.</param>
internal sealed class InMemoryTaskStore(int finishedTasksKept) : ITaskStore
{
    private readonly ConcurrentDictionary<Guid, TaskRun> _settled = new();
    private readonly ConcurrentDictionary<Guid, DeadLetter> _deadLetters = new();
    private readonly Dictionary<string, Guid> _identities = new(StringComparer.Ordinal);
    private readonly Queue<TaskRun> _order = new();
    private readonly SortedDictionary<long, KeptEvent> _events = [];
    private long _lastEvent;

    public bool CommitsAtOnce => true;

    public IReadOnlyList<StoredTask> Open() => [];

    public void Commit(Changes changes, DateTimeOffset now)
    {
        foreach (var run in changes.Created)
        {
            if (run.IdentityHash is { } hash)
                _identities[hash] = run.Id;
            Keep(run);
        }

        foreach (var run in changes.Tasks)
            Keep(run);
        foreach (var entry in changes.DeadLetters)
            _deadLetters[entry.EntryId] = entry;
        foreach (var kept in changes.Events)
        {
            kept.Number = ++_lastEvent;
            _events.Add(kept.Number, kept);
        }

        foreach (var number in changes.SettledEvents)
            _events.Remove(number);
    }

    public DateTimeOffset NextUpkeep => DateTimeOffset.MaxValue;

    public void Upkeep(DateTimeOffset now)
    {
        // Commit forgets what is too much.
    }

    public void Close() => Dispose();

    /// <summary>A copy: what others still read of the task does not change any more.</summary>
    public StoredTask? Load(Guid taskId) => _settled.TryGetValue(taskId, out var run) ? run.ToStored() : null;

    public Guid? FindByIdentity(string identityHash) => _identities.TryGetValue(identityHash, out var id) ? id : null;

    public DeadLetter? FindDeadLetter(Guid entryId) => _deadLetters.GetValueOrDefault(entryId);

    public IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        _events.Values.Where(kept => kept.Number > after).Take(count).Select(static kept => (kept.Number, (DomainEvent?)kept.Event));

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_settled.TryGetValue(taskId, out var run) ? run.ToRecord() : null);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<TaskSummary>>(
        [
            .. _settled.Values
                .Where(run => TaskFilters.Fits(run, filter) && (before is not { } id || run.Id < id))
                .OrderByDescending(run => run.Id)
                .Take(filter.PageSize)
                .Select(run => run.ToSummary()),
        ]);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DeadLetter>>(
        [
            .. _deadLetters.Values
                .Where(entry => (filter.Statuses.IsDefaultOrEmpty || filter.Statuses.Contains(entry.Status))
                    && (filter.TaskId is not { } task || entry.TaskId == task)
                    && (before is not { } id || entry.EntryId < id))
                .OrderByDescending(entry => entry.EntryId)
                .Take(filter.PageSize),
        ]);

    public void Dispose()
    {
        // Nothing outlives the store, and nothing is to be released before.
    }

    private void Keep(TaskRun run)
    {
        if (!run.State.IsSettled())
            return;
        _settled[run.Id] = run;
        _order.Enqueue(run);
        while (_order.Count > finishedTasksKept)
        {
            // One that a person let go on has been replaced since, and leaves when its later self does.
            var oldest = _order.Dequeue();
            if (_settled.TryRemove(new KeyValuePair<Guid, TaskRun>(oldest.Id, oldest)) && oldest.IdentityHash is { } hash)
                _identities.Remove(hash);
        }
    }
}
