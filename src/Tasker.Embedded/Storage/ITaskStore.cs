using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Keeps tasks. <see cref="Open"/>, <see cref="Commit"/> and <see cref="IDisposable.Dispose"/> are called by the engine only, one at a
/// time; <see cref="ReadAsync"/> by anybody, at any time, and never waits for a commit.
/// </summary>
internal interface ITaskStore : IDisposable
{
    /// <summary>Whether a commit takes no time to speak of, so that it may happen on the caller's thread.</summary>
    bool CommitsAtOnce { get; }

    /// <summary>Opens the store and reads the tasks that are not finished.</summary>
    /// <exception cref="TaskStoreException">The store cannot be used.</exception>
    IReadOnlyList<StoredTask> Open();

    /// <summary>Stores changes, all or none. When it returns they survive a crash.</summary>
    /// <exception cref="TaskStoreException">Nothing was stored. Calling it again with the same changes, and more, is safe.</exception>
    void Commit(Changes changes, DateTimeOffset now);

    /// <summary>Reads a task as it was last stored.</summary>
    /// <returns>The task, or <see langword="null"/> when there is none with that id.</returns>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    ValueTask<TaskSnapshot?> ReadAsync(Guid taskId, CancellationToken cancellationToken);
}
