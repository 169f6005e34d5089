using System.Globalization;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>
/// What has to become of a task, by the definitions alone: no queue, no store, no time. A step runs when what it waits for is done; a branch exists
/// when its decision took it; a convergence waits for the part that exists, and exists itself when all of that is certain.
/// </summary>
internal sealed class Model
{
    private readonly Func<string, Script> _scripts;
    private readonly SortedDictionary<string, StepState> _steps = new(StringComparer.Ordinal);
    private readonly HashSet<string> _mayNotStart = new(StringComparer.Ordinal);
    private bool _isBlocked;

    private Model(Func<string, Script> scripts) => _scripts = scripts;

    /// <summary>Whether a task ended as it has to: its state, and those of all steps that exist in the end.</summary>
    /// <returns>What the model says, when that is something else.</returns>
    public static string? Differs(TaskSnapshot task, Workflow workflow, Func<string, Script> scripts)
    {
        var model = new Model(scripts);
        model.Run(workflow.Root, new Outcome(Exists: true, IsDone: true));
        var state = model._isBlocked ? TaskState.BlockedByFailures : TaskState.Complete;
        if (task.State == state && task.Steps.Length == model._steps.Count && task.Steps.All(model.Allows))
            return null;
        return $"{state.ToName()} {string.Join(' ', model._steps.Select(step => $"{step.Key}={step.Value.ToName()}{(model._mayNotStart.Contains(step.Key) ? "|not started" : "")}"))}";
    }

    private bool Allows(StepSnapshot step) => _steps.TryGetValue(step.Name, out var state)
        && (step.State == state || (step is { State: StepState.Error, Failure.ErrorType: TaskRun.NotStarted } && _mayNotStart.Contains(step.Name)));

    private Outcome Run(Block block, Outcome before) => block switch
    {
        Block.Single single => RunStep(single.Step, before),
        Block.Chain chain => chain.Parts.Aggregate(before, (outcome, part) => Run(part, outcome)),
        Block.Fork fork => RunStep(fork.Join, Both(fork.Parts.Select(part => Run(part, before)))),
        Block.Choice choice => RunChoice(choice, before),
        Block.Batches batches => RunBatches(batches, before),
        _ => throw new InvalidOperationException("There is no other block."),
    };

    private Outcome RunChoice(Block.Choice choice, Outcome before)
    {
        if (!RunStep(choice.Decision, before).IsDone)
            return Outcome.Unknown;
        var taken = choice.Branches.Where((_, index) => _scripts(choice.Decision).Takes(index));
        return RunStep(choice.Convergence, Both(taken.Select(branch => Run(branch.Part, new Outcome(Exists: true, IsDone: true)))));
    }

    private Outcome RunBatches(Block.Batches batches, Outcome before)
    {
        if (!RunStep(batches.Analyzer, before).IsDone)
            return Outcome.Unknown;
        var count = _scripts(batches.Analyzer).Batches;
        var numbers = count == 0 ? [0] : Enumerable.Range(1, count);
        var instances = numbers.Select(number => $"{batches.Worker}_{number.ToString("D3", CultureInfo.InvariantCulture)}").ToArray();
        var isSetAside = batches.Strategy is BatchFailureStrategy.Isolate;
        var outcome = Both(instances.Select(name => RunStep(name, new Outcome(Exists: true, IsDone: true), isSetAside)));

        // How far the others are when one fails is a matter of luck.
        if (batches.Strategy is BatchFailureStrategy.FailFast && !outcome.IsDone)
            _mayNotStart.UnionWith(instances);
        return RunStep(batches.Convergence, outcome);
    }

    private Outcome RunStep(string step, Outcome before, bool isSetAside = false)
    {
        if (!before.Exists)
            return Outcome.Unknown;
        var script = _scripts(step);
        var state = !before.IsDone ? StepState.Pending
            : script.FailsForGood || script.IsGivenUp ? StepState.Error
            : script.Resolved ?? StepState.Complete;
        _steps.Add(step, state);
        _isBlocked |= state is StepState.Error && !isSetAside;
        return new Outcome(Exists: true, state.SatisfiesDependents() || (state is StepState.Error && isSetAside));
    }

    private static Outcome Both(IEnumerable<Outcome> outcomes) => outcomes.ToArray() is var all
        ? new Outcome(Array.TrueForAll(all, outcome => outcome.Exists), Array.TrueForAll(all, outcome => outcome.IsDone))
        : default;

    /// <param name="Exists">Whether what comes next has something to wait for.</param>
    /// <param name="IsDone">Whether it need not wait any longer.</param>
    private readonly record struct Outcome(bool Exists, bool IsDone)
    {
        public static Outcome Unknown => default;
    }
}
