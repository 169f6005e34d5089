namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>The queues as the orchestrator uses them.</summary>
public interface IOrchestratorQueues
{
    /// <summary>Announces an enqueued step.</summary>
    Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation);

    /// <summary>The result messages of some tasks, in order. They stay until they are done with.</summary>
    Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks);
}
