using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Events;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Keeps tasks. <see cref="Open"/>, <see cref="Commit"/> and <see cref="IDisposable.Dispose"/> are called by the engine only, one at a
/// time; <see cref="ReadAsync"/> by anybody, at any time, and never waits for a commit.
/// </summary>
internal interface ITaskStore : IDisposable
{
    /// <summary>Whether a commit takes no time to speak of, so that it may happen on the caller's thread.</summary>
    bool CommitsAtOnce { get; }

    /// <summary>Opens the store and reads the tasks that go on by themselves: those that are not settled.</summary>
    /// <exception cref="TaskStoreException">The store cannot be used.</exception>
    IReadOnlyList<StoredTask> Open();

    /// <summary>Stores changes, all or none. When it returns they survive a crash.</summary>
    /// <exception cref="TaskStoreException">Nothing was stored. Calling it again with the same changes, and more, is safe.</exception>
    void Commit(Changes changes, DateTimeOffset now);

    /// <summary>When <see cref="Upkeep"/> is to be called.</summary>
    DateTimeOffset NextUpkeep { get; }

    /// <summary>Tidies up a little. Called by the engine only.</summary>
    /// <exception cref="TaskStoreException">The store cannot be written; what was stored stays stored.</exception>
    void Upkeep(DateTimeOffset now);

    /// <summary>Tidies up and closes the store.</summary>
    /// <exception cref="TaskStoreException">The store could not be tidied up; it is closed, and what was stored stays stored.</exception>
    void Close();

    /// <summary>Reads a task to go on with. Called by the engine only, for a task that is not in its memory.</summary>
    /// <returns>The task, or <see langword="null"/> when there is none with that id.</returns>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    StoredTask? Load(Guid taskId);

    /// <summary>The task of the request with that identity. Called by the engine only.</summary>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    Guid? FindByIdentity(string identityHash);

    /// <summary>A dead letter. Called by the engine only.</summary>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    DeadLetter? FindDeadLetter(Guid entryId);

    /// <summary>Reads events that are kept, in the order of their numbers. Called by the engine only.</summary>
    /// <param name="after">The number before the first.</param>
    /// <param name="count">How many at most.</param>
    /// <param name="restore">Makes an event of what was stored; <see langword="null"/> when that is not possible now.</param>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore);

    /// <summary>Reads a task as it was last stored.</summary>
    /// <returns>The task, or <see langword="null"/> when there is none with that id.</returns>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken);

    /// <summary>Finds tasks, the latest first. Of those that the engine holds in memory it may know none, or an earlier state.</summary>
    /// <param name="filter">Which ones, and how many.</param>
    /// <param name="before">Only tasks whose ids come before this one in order of creation; <see langword="null"/> for the latest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken);

    /// <summary>Finds dead letters, the latest first.</summary>
    /// <param name="filter">Which ones, and how many.</param>
    /// <param name="before">Only those whose ids come before this one in order of creation; <see langword="null"/> for the latest.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken);
}
