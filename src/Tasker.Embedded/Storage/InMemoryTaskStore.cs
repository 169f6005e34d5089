using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Events;

namespace Tasker.Embedded.Storage;

/// <summary>Keeps tasks for as long as the process lives: for tests and for work that may be lost. Unfinished tasks are in the engine's memory only.</summary>
/// <param name="finishedTasksKept">How many settled tasks can still be asked for; older ones are forgotten.</param>
internal sealed class InMemoryTaskStore(int finishedTasksKept) : ITaskStore
{
    private const int PackedTogether = 64;

    private readonly Lock _gate = new();
    private readonly Dictionary<Guid, KeptTask> _settled = [];
    private readonly Queue<(Guid Id, long Number, string? IdentityHash)> _order = new();
    private readonly ConcurrentDictionary<Guid, DeadLetter> _deadLetters = new();
    private readonly Dictionary<string, Guid> _identities = new(StringComparer.Ordinal);

    /// <summary>Settled tasks that are packed together with the next ones, or when somebody asks: nobody who waits for a task waits for that.</summary>
    private readonly List<TaskRun> _unpacked = new(PackedTogether);
    private readonly ByteWriter _writer = new();
    private readonly ByteChunks _chunks = new();
    private long _lastNumber;
    private readonly SortedDictionary<long, KeptEvent> _events = [];
    private long _lastEvent;

    public bool CommitsAtOnce => true;

    public IReadOnlyList<StoredTask> Open() => [];

    public void Commit(Changes changes, DateTimeOffset now)
    {
        foreach (var run in changes.Created)
        {
            if (run.IdentityHash is { } hash)
            {
                lock (_gate)
                    _identities[hash] = run.Id;
            }

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

    public StoredTask? Load(Guid taskId) => Find(taskId) is { } task ? task.ToStored() : null;

    public Guid? FindByIdentity(string identityHash)
    {
        lock (_gate)
        {
            Pack();
            return _identities.TryGetValue(identityHash, out var id) ? id : null;
        }
    }

    public DeadLetter? FindDeadLetter(Guid entryId) => _deadLetters.GetValueOrDefault(entryId);

    public IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        _events.Values.Where(kept => kept.Number > after).Take(count).Select(static kept => (kept.Number, (DomainEvent?)kept.Event));

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Find(taskId) is { } task ? task.Restore().ToRecord() : null);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken)
    {
        CompactTask[] latestFirst;
        lock (_gate)
        {
            Pack();
            latestFirst =
            [
                .. _settled
                    .Where(entry => before is not { } id || entry.Key < id)
                    .OrderByDescending(entry => entry.Key)
                    .Select(entry => entry.Value.Copy()),
            ];
        }

        return ValueTask.FromResult<IReadOnlyList<TaskSummary>>(
        [
            .. latestFirst
                .Select(task => task.Restore())
                .Where(run => TaskFilters.Fits(run, filter))
                .Take(filter.PageSize)
                .Select(run => run.ToSummary()),
        ]);
    }

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

    /// <summary>What is kept can still be read.</summary>
    public void Dispose()
    {
        // There is nothing to close.
    }

    private CompactTask? Find(Guid taskId)
    {
        lock (_gate)
        {
            Pack();
            return _settled.TryGetValue(taskId, out var kept) ? kept.Copy() : null;
        }
    }

    private void Keep(TaskRun run)
    {
        if (!run.State.IsSettled())
            return;
        lock (_gate)
        {
            _unpacked.Add(run);
            if (_unpacked.Count == PackedTogether)
                Pack();
        }
    }

    /// <summary>A settled task does not change any more: one that a person lets go on is another object.</summary>
    private void Pack()
    {
        foreach (var run in _unpacked)
        {
            _writer.Clear();
            CompactTask.Write(_writer, run);
            var number = ++_lastNumber;
            ref var kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_settled, run.Id, out var isKept);
            if (isKept)
                _chunks.Free(kept.Content);
            kept = new KeptTask(run.Plan, run.Options, _chunks.Add(_writer.Written), number);
            _order.Enqueue((run.Id, number, run.IdentityHash));
        }

        _unpacked.Clear();
        while (_order.Count > finishedTasksKept)
            Forget(_order.Dequeue());
    }

    /// <summary>One that a person let go on has been replaced since, and leaves when its later self does.</summary>
    private void Forget((Guid Id, long Number, string? IdentityHash) oldest)
    {
        if (!_settled.TryGetValue(oldest.Id, out var kept) || kept.Number != oldest.Number)
            return;
        _settled.Remove(oldest.Id);
        _chunks.Free(kept.Content);
        if (oldest.IdentityHash is { } hash)
            _identities.Remove(hash);
    }

    /// <summary>A settled task in the memory of <see cref="ByteChunks"/>, where it is not looked at but under the lock.</summary>
    private readonly record struct KeptTask(TaskPlan Plan, StartOptions Options, ByteChunks.Text Content, long Number)
    {
        public CompactTask Copy() => new(Plan, Options, Content.Bytes.ToArray());
    }
}
