using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// What transitions led to since the last commit: what is to be stored, and what may be done once it is. An object that changes several
/// times is stored once, as it is then.
/// </summary>
internal sealed class Changes
{
    /// <summary>New tasks.</summary>
    public List<TaskRun> Created { get; } = [];

    /// <summary>Tasks whose state changed.</summary>
    public List<TaskRun> Tasks { get; } = [];

    /// <summary>Steps to store. Being enqueued or claimed does not count: the former follows from the graph, the latter from <see cref="Running"/>.</summary>
    public List<StepRun> Steps { get; } = [];

    /// <summary>All steps in progress.</summary>
    public List<StepRun> Running { get; } = [];

    /// <summary>Whether <see cref="Running"/> changed.</summary>
    public bool RunningChanged { get; private set; }

    /// <summary>Steps that became ready; they are handed out once this is stored.</summary>
    public List<StepRun> Ready { get; } = [];

    /// <summary>Steps that began to wait for a retry.</summary>
    public List<StepRun> Retrying { get; } = [];

    /// <summary>Tasks that somebody follows and that changed in any way.</summary>
    public List<TaskRun> Followed { get; } = [];

    /// <summary>Dead letters to add, or to replace by one with the same id.</summary>
    public List<DeadLetter> DeadLetters { get; } = [];

    /// <summary>Durable events to keep until they are delivered.</summary>
    public List<KeptEvent> Events { get; } = [];

    /// <summary>The numbers of kept events that are delivered.</summary>
    public List<long> SettledEvents { get; } = [];

    /// <summary>Tasks whose limits may have to be watched anew.</summary>
    public List<TaskRun> Limited { get; } = [];

    /// <summary>Whether there is anything to store.</summary>
    public bool NeedStoring => RunningChanged || Created.Count > 0 || Tasks.Count > 0 || Steps.Count > 0 || DeadLetters.Count > 0
        || Events.Count > 0 || SettledEvents.Count > 0;

    public void Create(TaskRun run)
    {
        run.IsChanged = true;
        Created.Add(run);
    }

    public void Touch(TaskRun run)
    {
        if (run.IsChanged)
            return;
        run.IsChanged = true;
        Tasks.Add(run);
    }

    public void Touch(StepRun step)
    {
        if (step.IsChanged)
            return;
        step.IsChanged = true;
        Steps.Add(step);
    }

    public void Notify(TaskRun run)
    {
        if (run.IsNotified)
            return;
        run.IsNotified = true;
        Followed.Add(run);
    }

    public void StartRunning(StepRun step)
    {
        step.RunningIndex = Running.Count;
        Running.Add(step);
        RunningChanged = true;
    }

    public void StopRunning(StepRun step)
    {
        var last = Running[^1];
        Running[step.RunningIndex] = last;
        last.RunningIndex = step.RunningIndex;
        Running.RemoveAt(Running.Count - 1);
        step.RunningIndex = -1;
        RunningChanged = true;
    }

    /// <summary>All of it is stored.</summary>
    public void Stored()
    {
        foreach (var run in Created)
            run.IsChanged = false;
        foreach (var run in Tasks)
            run.IsChanged = false;
        foreach (var step in Steps)
            step.IsChanged = false;
        Created.Clear();
        Tasks.Clear();
        Steps.Clear();
        DeadLetters.Clear();
        Events.Clear();
        SettledEvents.Clear();
        RunningChanged = false;
    }

    /// <summary>Forgets the new tasks, which could not be stored and of which nobody was told.</summary>
    public void DropCreated()
    {
        foreach (var run in Created)
        {
            foreach (var step in run.Steps)
            {
                if (step.RunningIndex >= 0)
                    StopRunning(step);
            }
        }

        var dropped = Created.ToHashSet();
        Steps.RemoveAll(step => dropped.Contains(step.Run));
        Ready.RemoveAll(step => dropped.Contains(step.Run));
        Limited.RemoveAll(dropped.Contains);
        Created.Clear();
    }
}
