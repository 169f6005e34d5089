namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>The queues as the orchestrator uses them.</summary>
public interface IOrchestratorQueues
{
    /// <summary>Announces an enqueued step.</summary>
    Task SendStepAsync(string @namespace, Guid task, Guid step, Guid correlation);

    /// <summary>The result messages of some tasks, in order. They stay until they are done with.</summary>
    Task<IReadOnlyList<ResultNotice>> ReadResultsAsync(IReadOnlyCollection<Guid> tasks);
}

/// <summary>A message that says a step has a result.</summary>
/// <param name="Task">The task.</param>
/// <param name="Step">The step.</param>
/// <param name="Done">Removes the message.</param>
public sealed record ResultNotice(Guid Task, Guid Step, Func<Task> Done);
