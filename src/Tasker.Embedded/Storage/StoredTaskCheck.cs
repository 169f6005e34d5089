using Tasker.Embedded.Engine;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>What holds of each task that the engine stored. A row that somebody wrote by hand may say otherwise, and a task that goes on from there would get stuck.</summary>
internal static class StoredTaskCheck
{
    /// <exception cref="FormatException">The task cannot go on.</exception>
    public static void Check(StoredTask task)
    {
        if (!task.State.IsSettled() && task.State is not (TaskState.StepsInProcess or TaskState.WaitingForRetry))
            throw new FormatException($"The state is '{task.State.ToName()}', in which no task stays.");
        if (task.Options.Priority is < ReadyQueue.MinPriority or > ReadyQueue.MaxPriority)
            throw new FormatException($"The priority is {task.Options.Priority}; it must be between {ReadyQueue.MinPriority} and {ReadyQueue.MaxPriority}.");
        for (var i = 0; i < task.Steps.Count; i++)
            Check(task.Steps[i], i);
    }

    private static void Check(StoredStep step, int index)
    {
        if (step.State is StepState.EnqueuedForOrchestration or StepState.EnqueuedAsErrorForOrchestration)
            throw new FormatException($"Step '{step.Name}' is in '{step.State.ToName()}', in which no step stays.");
        if (step.Attempts < 0)
            throw new FormatException($"Step '{step.Name}' has had {step.Attempts} attempts.");
        if (step.State is StepState.WaitingForRetry && step.NextAttemptAt is null)
            throw new FormatException($"Step '{step.Name}' waits for a retry, but its next_attempt_at is missing.");
        foreach (var parent in step.Parents)
        {
            if (parent >= index)
                throw new FormatException($"Step '{step.Name}' depends on a step that is not before it.");
        }
    }
}
