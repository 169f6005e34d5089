using System.Threading.Channels;

namespace Tasker.Embedded.Orchestration;

/// <summary>Those who wait for a task to finish, and those who want to know of each change.</summary>
internal sealed class TaskFollowers
{
    private readonly TaskCompletionSource<TaskRun> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private List<ChannelWriter<bool>>? _watchers;

    /// <summary>
    /// Ends when nothing more happens to the task by itself and that is stored. The object does not change any more then: a task that a person lets
    /// go on is another one. Safe on any thread.
    /// </summary>
    public Task<TaskRun> Settled => _settled.Task;

    /// <summary>Whether anybody wants to know of each change.</summary>
    public bool WantChanges => _watchers is { Count: > 0 };

    /// <param name="watcher">A channel of one item: several changes before it is read are one.</param>
    public void AddWatcher(ChannelWriter<bool> watcher) => (_watchers ??= []).Add(watcher);

    public void RemoveWatcher(ChannelWriter<bool> watcher) => _watchers?.Remove(watcher);

    /// <summary>Something about the task changed and is stored.</summary>
    public void Changed()
    {
        foreach (var watcher in _watchers ?? [])
            watcher.TryWrite(true);
    }

    /// <summary>Nothing more happens to the task by itself, and that is stored. Who wants to know of later changes asks again.</summary>
    public void Finished(TaskRun run)
    {
        _settled.TrySetResult(run);
        Changed();
        foreach (var watcher in _watchers ?? [])
            watcher.TryComplete();
        _watchers = null;
    }

    /// <summary>Nobody will tell them any more.</summary>
    public void Abandon(Exception reason)
    {
        _settled.TrySetException(reason);
        _ = _settled.Task.Exception;
        foreach (var watcher in _watchers ?? [])
            watcher.TryComplete(reason);
    }
}
