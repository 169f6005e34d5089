using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Events;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>A store whose content outlives the engine, without a file: after a crash it has what was committed, and nothing else.</summary>
internal sealed class JournalStore : ITaskStore
{
    private readonly Dictionary<Guid, (StoredTask Task, TaskRecord Record, TaskSummary Summary)> _tasks = [];
    private readonly Dictionary<Guid, DeadLetter> _deadLetters = [];
    private readonly HashSet<TaskRun> _running = [];
    private readonly SortedDictionary<long, StoredEvent> _events = [];
    private long _lastEvent;

    public bool CommitsAtOnce => true;

    public DateTimeOffset NextUpkeep => DateTimeOffset.MaxValue;

    public void Upkeep(DateTimeOffset now)
    {
        // There is nothing to keep in order.
    }

    public void Close()
    {
        // There is nothing to bring to an end.
    }

    public IReadOnlyList<StoredTask> Open()
    {
        _running.Clear();
        return [.. _tasks.Values.Select(entry => entry.Task).Where(task => !task.State.IsSettled()).OrderBy(task => task.Id).Select(WithDeadLetter)];
    }

    public void Commit(Changes changes, DateTimeOffset now)
    {
        var changed = changes.Created.Concat(changes.Tasks).Concat(changes.Steps.Select(step => step.Run)).Concat(_running).ToHashSet();
        _running.Clear();
        _running.UnionWith(changes.Running.Select(step => step.Run));
        changed.UnionWith(_running);
        foreach (var run in changed)
            _tasks[run.Id] = (StoredTasks.Of(run), run.ToRecord(), run.ToSummary());
        foreach (var entry in changes.DeadLetters)
            _deadLetters[entry.EntryId] = entry;
        foreach (var kept in changes.Events)
        {
            kept.Number = ++_lastEvent;
            _events.Add(kept.Number, ToStored(kept));
        }

        foreach (var number in changes.SettledEvents)
            _events.Remove(number);
    }

    public StoredTask? Load(Guid taskId) => _tasks.TryGetValue(taskId, out var entry) ? entry.Task : null;

    public Guid? FindByIdentity(string identityHash) => _tasks.Values.FirstOrDefault(entry => entry.Task.IdentityHash == identityHash).Task?.Id;

    public DeadLetter? FindDeadLetter(Guid entryId) => _deadLetters.GetValueOrDefault(entryId);

    public IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        [.. _events.Values.Where(stored => stored.Number > after).Take(count).Select(stored => (stored.Number, restore(stored)))];

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken) =>
        ValueTask.FromResult(_tasks.TryGetValue(taskId, out var entry) ? entry.Record : null);

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<TaskSummary>>([.. _tasks.Values.Select(entry => entry.Summary)]);

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken) =>
        ValueTask.FromResult<IReadOnlyList<DeadLetter>>([.. _deadLetters.Values.Where(entry => filter.TaskId is not { } task || entry.TaskId == task)]);

    public void Dispose()
    {
        // What was committed stays.
    }

    private StoredTask WithDeadLetter(StoredTask task) =>
        task with { DeadLetterAt = _deadLetters.Values.Where(entry => entry.TaskId == task.Id).Max(entry => (DateTimeOffset?)entry.CreatedAt) };

    private static StoredEvent ToStored(KeptEvent kept) => new()
    {
        Number = kept.Number,
        EventId = kept.Event.EventId,
        Name = kept.Event.Name,
        TaskId = kept.Step.Run.Id,
        StepIndex = kept.Step.Index,
        Attempt = kept.Attempt,
        Payload = kept.Event.Payload,
        Failure = kept.Event.Failure,
        Metadata = kept.Event.Metadata,
        Duration = kept.Event.Duration,
        FiredAt = kept.Event.FiredAt,
        FiredBy = kept.Event.FiredBy,
    };
}
