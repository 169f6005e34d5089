using Tasker.Client;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>Those who wait for the commit that is being prepared, and what they are to be told. Used by the engine only.</summary>
internal sealed class Replies
{
    /// <summary>Requests to start a task, and the tasks that answer them.</summary>
    public List<(StartRequest Request, TaskRun Run, bool IsNew)> Started { get; } = [];

    public List<CheckpointRequest> Checkpoints { get; } = [];

    public List<TaskQuery<TaskSnapshot>> Queries { get; } = [];

    public List<TaskQuery<TaskRecord>> Histories { get; } = [];

    public List<ListQuery> Lists { get; } = [];

    /// <summary>What people did, and to which task.</summary>
    public List<(ActRequest Request, TaskRun Run)> Acts { get; } = [];

    public List<(ResolveDeadLetterRequest Request, DeadLetter Closed)> Closed { get; } = [];

    /// <summary>All of it is stored.</summary>
    /// <param name="runs">The tasks in memory.</param>
    public void Give(IReadOnlyDictionary<Guid, TaskRun> runs)
    {
        foreach (var (request, run, isNew) in Started)
            request.Answer(run, isNew);
        foreach (var request in Checkpoints)
            request.Source.TrySetResult(true);
        foreach (var query in Queries)
            query.Source.TrySetResult(runs.GetValueOrDefault(query.TaskId)?.ToSnapshot());
        foreach (var query in Histories)
            query.Source.TrySetResult(runs.GetValueOrDefault(query.TaskId)?.ToRecord());
        foreach (var query in Lists)
            query.Source.TrySetResult([.. runs.Values.Where(run => TaskFilters.Fits(run, query.Filter)).Select(run => run.ToSummary())]);
        foreach (var (request, run) in Acts)
            request.Source.TrySetResult(run.ToSnapshot());
        foreach (var (request, closed) in Closed)
            request.Source.TrySetResult(closed);
        Clear();
    }

    /// <summary>Nothing is stored. Who asks about one task is sent to the store, which knows what it was before.</summary>
    public void Refuse(TaskStoreException reason)
    {
        foreach (var (request, _, _) in Started)
            request.Refuse(reason);
        foreach (var request in Checkpoints)
            request.Refuse(reason);
        foreach (var query in Queries)
            query.Source.TrySetResult(null);
        foreach (var query in Histories)
            query.Source.TrySetResult(null);
        foreach (var query in Lists)
            query.Refuse(reason);
        foreach (var (request, _) in Acts)
            request.Refuse(reason);
        foreach (var (request, _) in Closed)
            request.Refuse(reason);
        Clear();
    }

    private void Clear()
    {
        Started.Clear();
        Checkpoints.Clear();
        Queries.Clear();
        Histories.Clear();
        Lists.Clear();
        Acts.Clear();
        Closed.Clear();
    }
}
