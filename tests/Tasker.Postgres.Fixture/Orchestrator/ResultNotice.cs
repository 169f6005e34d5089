namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>A message that says a step has a result.</summary>
/// <param name="Task">The task.</param>
/// <param name="Step">The step.</param>
/// <param name="Done">Removes the message.</param>
public sealed record ResultNotice(Guid Task, Guid Step, Func<Task> Done);
