using Microsoft.Extensions.Logging;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Telemetry;
using Tasker.Events;

namespace Tasker.Embedded.Engine;

/// <summary>
/// Makes events again of what the store has of them. What a subscriber may ask of an event's step is in its task, which is read for it when the task has left
/// memory, and kept for the next events of the same task. Used by the engine only.
/// </summary>
internal sealed class StoredEvents(LiveTasks live, ILogger logger)
{
    /// <summary>Of all tasks kept, so that they take a bounded space. A larger task is kept by itself.</summary>
    private const int MostSteps = 4096;

    private readonly Dictionary<Guid, TaskRun> _tasks = [];
    private readonly Queue<TaskRun> _oldestFirst = new();
    private int _steps;

    /// <summary>An event that an earlier process stored, or that found no room in memory; <see langword="null"/> when it cannot be delivered now.</summary>
    /// <exception cref="TaskStoreException">The store cannot be read.</exception>
    public DomainEvent? Restore(StoredEvent stored)
    {
        try
        {
            var run = TaskOf(stored);
            if ((uint)stored.StepIndex >= (uint)run.Steps.Length)
                throw new KeyNotFoundException($"The task has no step number {stored.StepIndex}.");
            var step = EmbeddedStep.OfPast(run.StepAt(stored.StepIndex), stored.Attempt);
            if (step.Definition.Events.FirstOrDefault(declared => declared.Name == stored.Name) is { } declaration)
            {
                return new DomainEvent
                {
                    EventId = stored.EventId,
                    Declaration = declaration,
                    Step = step,
                    Payload = stored.Payload,
                    Failure = stored.Failure,
                    Metadata = stored.Metadata,
                    Duration = stored.Duration,
                    FiredAt = stored.FiredAt,
                    FiredBy = stored.FiredBy,
                };
            }

            Log.EventNotRestored(logger, stored.Name, stored.TaskId, $"Step '{step.Name}' does not declare it any more.");
        }
        catch (Exception exception) when (exception is KeyNotFoundException or ConfigurationException)
        {
            Log.EventNotRestored(logger, stored.Name, stored.TaskId, exception.Message);
        }

        return null;
    }

    /// <summary>Forgets the tasks kept: no events of them are expected, or one of them goes on and will not be the same any more.</summary>
    public void Forget()
    {
        _tasks.Clear();
        _oldestFirst.Clear();
        _steps = 0;
    }

    private TaskRun TaskOf(StoredEvent stored)
    {
        if ((live.Find(stored.TaskId) ?? _tasks.GetValueOrDefault(stored.TaskId)) is { } known)
            return known;
        var run = live.Load(stored.TaskId);
        _tasks.Add(run.Id, run);
        _oldestFirst.Enqueue(run);
        _steps += run.Steps.Length;
        while (_steps > MostSteps && _oldestFirst.Count > 1)
        {
            var oldest = _oldestFirst.Dequeue();
            _tasks.Remove(oldest.Id);
            _steps -= oldest.Steps.Length;
        }

        return run;
    }
}
