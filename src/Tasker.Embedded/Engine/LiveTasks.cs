using Microsoft.Extensions.Logging;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Storage;
using Tasker.Embedded.Telemetry;

namespace Tasker.Embedded.Engine;

/// <summary>The unfinished tasks, which are in memory, and how one comes back there from the store. Used by the engine only.</summary>
internal sealed class LiveTasks(ITaskStore store, PlanCache plans, ILogger logger)
{
    private readonly Dictionary<Guid, TaskRun> _runs = [];
    private readonly Dictionary<string, TaskRun> _identities = new(StringComparer.Ordinal);

    public int Count => _runs.Count;

    public IReadOnlyDictionary<Guid, TaskRun> ById => _runs;

    public TaskRun? Find(Guid id) => _runs.GetValueOrDefault(id);

    /// <summary>The task that the same request has started before.</summary>
    public TaskRun? FindByIdentity(string hash) => _identities.GetValueOrDefault(hash);

    public void Add(TaskRun run)
    {
        _runs.Add(run.Id, run);
        if (run.IdentityHash is { } hash)
            _identities[hash] = run;
    }

    public void Remove(TaskRun run)
    {
        _runs.Remove(run.Id);
        if (run.IdentityHash is { } hash)
            _identities.Remove(hash);
    }

    public void Clear()
    {
        _runs.Clear();
        _identities.Clear();
    }

    /// <summary>Takes in a task that goes on. One whose template is missing, or has changed too much, stays as it is, and the log says so.</summary>
    public TaskRun? Restore(StoredTask task)
    {
        try
        {
            if (plans.Find(task.Namespace, task.Name, task.Version) is { } plan)
            {
                var run = TaskRun.Restore(task, plan);
                Add(run);
                return run;
            }

            Log.TemplateMissing(logger, task.Id, task.Namespace, task.Name, task.Version);
        }
        catch (ConfigurationException exception)
        {
            Log.TaskNotRestored(logger, task.Id, exception.Message);
        }

        return null;
    }

    /// <summary>A task in memory, or one that has left it because nothing more happens to it by itself.</summary>
    /// <exception cref="KeyNotFoundException">There is no such task.</exception>
    /// <exception cref="ConfigurationException">The host lacks its template.</exception>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    public TaskRun FindOrLoad(Guid id)
    {
        var run = Find(id) ?? Load(id);
        return run.State.IsSettled() || _runs.ContainsKey(id) ? run : throw new ConfigurationException(
            $"Task {id} was left as it is when the engine started, and the log says why. Restart the host to let it go on.");
    }

    /// <summary>A task that has left memory.</summary>
    /// <exception cref="KeyNotFoundException">There is no such task.</exception>
    /// <exception cref="ConfigurationException">The host lacks its template.</exception>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    public TaskRun Load(Guid id)
    {
        var stored = store.Load(id) ?? throw new KeyNotFoundException($"There is no task {id}.");
        var plan = plans.Find(stored.Namespace, stored.Name, stored.Version) ?? throw new ConfigurationException(
            $"Task {id} stays as it is: this host has no template '{stored.Namespace}/{stored.Name}/{stored.Version}'. Add the template's assembly.");
        return TaskRun.Restore(stored, plan);
    }
}
