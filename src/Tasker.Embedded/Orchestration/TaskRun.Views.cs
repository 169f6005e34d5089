using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>What is told of a task to those who ask, and how it comes back from a store.</summary>
internal sealed partial class TaskRun
{
    /// <summary>Rebuilds a task as the store has it. <see cref="Resume"/> then lets it go on.</summary>
    /// <exception cref="ConfigurationException">The template lacks a step that the task has.</exception>
    public static TaskRun Restore(StoredTask stored, TaskPlan plan)
    {
        var run = new TaskRun(stored.Id, plan, stored.Context, stored.Options, stored.CorrelationId, stored.CreatedAt)
        {
            State = stored.State,
            StoreKey = stored.Key,
            IsRowSettled = stored.State.IsSettled(),
            PlannedSteps = stored.PlannedSteps,
            CompletedAt = stored.CompletedAt,
            IdentityHash = stored.IdentityHash,
            _journal = new Journal(stored.Journal),
            _noted = stored.State,
        };
        run.FindAliveSince();
        run.IsGivenUp = stored.DeadLetterAt > run.AliveSince;
        foreach (var step in stored.Steps)
        {
            var node = plan.Find(step.TemplateStep)
                ?? throw new ConfigurationException($"Template '{plan.Template}' no longer has the step '{step.TemplateStep}'.");
            run.Link(new StepRun(run, run._count, new StepShape(node, step.Name, step.Parents) { Inputs = step.Inputs })
            {
                // Being enqueued follows from the graph and is found again.
                State = step.State is StepState.Enqueued ? StepState.Pending : step.State,
                Attempts = step.Attempts,
                Result = step.Result,
                Failure = step.Failure,
                Checkpoint = step.Checkpoint,
                NextAttemptAt = step.NextAttemptAt,
                StartedAt = step.StartedAt,
                CompletedAt = step.CompletedAt,
                Journal = step.Journal,
                IsStored = step.IsStored,
            });
        }

        return run;
    }

    /// <summary>What is known of the task now.</summary>
    public TaskSnapshot ToSnapshot()
    {
        var snapshot = ToFinalSnapshot();
        _ = snapshot.Steps;
        return snapshot;
    }

    /// <summary>What is known of the task when it does not change any more: its steps are copied when somebody asks for them.</summary>
    public TaskSnapshot ToFinalSnapshot() => new(CopySteps)
    {
        TaskId = Id,
        Namespace = Plan.Template.Namespace,
        Name = Plan.Template.Name,
        Version = Plan.Template.Version,
        State = State,
        Context = Context,
        Options = Options,
        CorrelationId = CorrelationId,
        CreatedAt = CreatedAt,
        CompletedAt = CompletedAt,
    };

    /// <summary>What is known of the task and what happened to it.</summary>
    public TaskRecord ToRecord() => new(
        ToSnapshot(),
        [.. Journal],
        ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(_steps[.._count], static step => step.Journal.ToImmutableArray())));

    /// <summary>The task without its steps.</summary>
    public TaskSummary ToSummary()
    {
        var (done, failed) = (0, 0);
        foreach (var step in Steps)
        {
            done += step.State.SatisfiesDependents() ? 1 : 0;
            failed += step.State is StepState.Error ? 1 : 0;
        }

        return new TaskSummary
        {
            TaskId = Id,
            Namespace = Plan.Template.Namespace,
            Name = Plan.Template.Name,
            Version = Plan.Template.Version,
            State = State,
            Options = Options,
            CorrelationId = CorrelationId,
            CreatedAt = CreatedAt,
            CompletedAt = CompletedAt,
            Steps = _count,
            StepsDone = done,
            StepsFailed = failed,
        };
    }

    private ImmutableArray<string> NamesOf(int[] steps) =>
        ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(steps, index => _steps[index].Name));

    private ImmutableArray<StepSnapshot> CopySteps() => ImmutableCollectionsMarshal.AsImmutableArray(Array.ConvertAll(_steps[.._count], ToSnapshot));

    private StepSnapshot ToSnapshot(StepRun step)
    {
        return new StepSnapshot
        {
            StepId = step.Id,
            Name = step.Name,
            TemplateStep = step.Node.Name,
            Type = step.Node.Type,
            State = step.State,
            Attempts = step.Attempts,
            MaxAttempts = step.MaxAttempts,
            Dependencies = step.Shape.ParentNames is { IsDefault: false } names ? names : NamesOf(step.Parents),
            Result = step.Result,
            Failure = step.Failure,
            Checkpoint = step.Checkpoint,
            NextAttemptAt = step.NextAttemptAt,
            StartedAt = step.StartedAt,
            CompletedAt = step.CompletedAt,
        };
    }
}
