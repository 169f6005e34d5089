using System.Diagnostics.CodeAnalysis;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>An attempt handed to a worker, with the engine's own step beside, so that its report needs no look-up.</summary>
internal sealed class EmbeddedStep : ClaimedStep
{
    [SetsRequiredMembers]
    public EmbeddedStep(StepRun step, int attempt)
    {
        var run = step.Run;
        Step = step;
        Attempt = attempt;
        TaskId = run.Id;
        StepId = step.Id;
        CorrelationId = run.CorrelationId;
        ParentCorrelationId = run.Options.ParentCorrelationId;
        Template = run.Plan.Template;
        Definition = step.Definition;
        Name = step.Name;
        Attempts = attempt - 1;
        MaxAttempts = step.MaxAttempts;
        TaskContext = run.Context;
        Configuration = step.Definition.Configuration;
        Inputs = step.Inputs;
        Checkpoint = step.Checkpoint;
        PreviousFailure = step.Failure;
        Dependencies = step.Parents.Length == 0 ? StepResults.None : new AncestorResults(step);
    }

    public StepRun Step { get; }

    /// <summary>The attempt's number, 1 for the first.</summary>
    public int Attempt { get; }
}
