using System.Collections.Immutable;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// The part of a task's graph that decisions and batch analyzers unfold (protocol sheet §8.4, §8.5). Every dynamic node of the plan has a
/// fate: not known yet, it exists, or it never will. A node's fate follows from those of its dependencies, so one pass in dependency order
/// after each decision or plan finds everything that has become certain.
/// </summary>
internal sealed class DynamicGraph
{
    private const int Nothing = -1;

    private readonly TaskRun _run;
    private readonly TaskPlan _plan;
    private readonly Fate[] _fates;
    private readonly int[] _stepOf;
    private readonly int[] _namedBy;
    private readonly List<int>?[] _instancesOf;

    public DynamicGraph(TaskRun run)
    {
        _run = run;
        _plan = run.Plan;
        _fates = new Fate[_plan.Nodes.Length];
        _stepOf = new int[_plan.Nodes.Length];
        _namedBy = new int[_plan.Nodes.Length];
        Array.Fill(_namedBy, Nothing);
        _instancesOf = new List<int>?[_plan.Nodes.Length];
        foreach (var step in run.Steps)
            Know(step);
    }

    private enum Fate : byte
    {
        Unknown,
        Exists,
        Never,
    }

    /// <summary>Whether a successful outcome can be followed; a decision or plan that cannot fails its step for good.</summary>
    /// <returns>What is wrong, or <see langword="null"/>.</returns>
    public StepFailure? WhatIsWrongWith(StepRun step, AttemptOutcome outcome) => step.Node.Type switch
    {
        StepType.Decision => CheckDecision(step, outcome as DecisionOutcome),
        StepType.Batchable => CheckBatches(step, outcome as BatchOutcome),
        _ => null,
    };

    /// <summary>Creates what a completed decision or batch analyzer makes certain.</summary>
    public void Expand(StepRun step, AttemptOutcome outcome, Changes changes)
    {
        if (outcome is DecisionOutcome decided && step.Node.Type is StepType.Decision)
        {
            foreach (var name in decided.Decision.Steps)
                _namedBy[_plan.Find(name)!.Index] = step.Index;
        }
        else if (outcome is BatchOutcome planned && step.Node.Type is StepType.Batchable)
        {
            CreateInstances(step, _plan.Find(planned.WorkerTemplate!)!, planned.Batches, changes);
        }

        foreach (var node in _plan.Dynamic)
        {
            if (_fates[node.Index] is Fate.Unknown)
                Decide(node, changes);
        }
    }

    /// <summary>A step that exists already: one the task began with, or, after a restart, any.</summary>
    private void Know(StepRun step)
    {
        var node = step.Node;
        if (node.Type is StepType.BatchWorker)
        {
            (_instancesOf[node.Index] ??= []).Add(step.Index);
            return;
        }

        _fates[node.Index] = Fate.Exists;
        _stepOf[node.Index] = step.Index;
        if (node.Type is not StepType.Decision || step.Result.Length == 0)
            return;
        foreach (var name in DecisionJson.ReadStepNames(step.Result))
        {
            if (_plan.Find(name) is { } named)
                _namedBy[named.Index] = step.Index;
        }
    }

    private StepFailure? CheckDecision(StepRun step, DecisionOutcome? outcome)
    {
        if (outcome is null)
            return Mistake("INVALID_DECISION_OUTCOME", $"Step '{step.Name}' is a decision, but its handler returned no Decision.");
        foreach (var name in outcome.Decision.Steps)
        {
            var target = _plan.Find(name);
            if (target is not null && target.IsDownstreamOf(step.Node.Index) && target.Type is not StepType.BatchWorker)
                continue;

            var known = string.Join(
                ", ",
                _plan.Nodes
                    .Where(node => node.IsDownstreamOf(step.Node.Index) && node.Type is not StepType.BatchWorker)
                    .Select(node => $"'{node.Name}'"));
            var why = target is null ? "which the template does not have"
                : target.Type is StepType.BatchWorker ? "which is a batch worker; only a batch analyzer creates those"
                : "which is not downstream of it";
            return Mistake(
                "INVALID_DECISION_OUTCOME",
                $"Decision '{step.Name}' named the step '{name}', {why}. It can name: {(known.Length == 0 ? "none" : known)}.");
        }

        return null;
    }

    private StepFailure? CheckBatches(StepRun step, BatchOutcome? outcome)
    {
        if (outcome is null)
            return Mistake("INVALID_BATCH_OUTCOME", $"Step '{step.Name}' is batchable, but its handler returned no BatchPlan.");

        var worker = outcome.WorkerTemplate is { } name ? _plan.Find(name) : null;
        if (worker is null || worker.Type is not StepType.BatchWorker)
        {
            var known = string.Join(", ", _plan.Nodes.Where(node => node.Type is StepType.BatchWorker).Select(node => $"'{node.Name}'"));
            var why = worker is null ? "which the template does not have" : "which is not a batch_worker";
            return Mistake(
                "INVALID_BATCH_OUTCOME",
                $"The plan of step '{step.Name}' is for the worker '{outcome.WorkerTemplate}', {why}. " +
                $"Its batch workers are: {(known.Length == 0 ? "none" : known)}.");
        }

        if (_instancesOf[worker.Index] is not null)
        {
            return Mistake(
                "INVALID_BATCH_OUTCOME",
                $"The plan of step '{step.Name}' is for the worker '{worker.Name}', which another step has already created batches of. " +
                "Give each batchable step a worker template of its own.");
        }

        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var cursor in outcome.Batches)
        {
            var instance = BatchInstance.Name(worker, cursor);
            if (!ids.Add(cursor.BatchId) || _plan.Find(instance) is not null)
            {
                return Mistake(
                    "INVALID_BATCH_OUTCOME",
                    $"The plan of step '{step.Name}' would create the step '{instance}', but the task already has one of that name.");
            }
        }

        return null;
    }

    private void CreateInstances(StepRun batchable, PlanNode worker, ImmutableArray<BatchCursor> batches, Changes changes)
    {
        var parents = new List<int> { batchable.Index };
        foreach (var dependency in worker.Dependencies)
            AddExisting(dependency, parents);
        int[] shared = [.. parents.Distinct()];

        var instances = new List<int>(Math.Max(1, batches.Length));
        _instancesOf[worker.Index] = instances;
        var inputs = new BatchInstance(worker);
        if (batches.IsEmpty)
            instances.Add(_run.AddStep(worker, BatchInstance.Name(worker, BatchInstance.Placeholder), shared, inputs.PlaceholderInputs(), changes).Index);
        foreach (var cursor in batches)
            instances.Add(_run.AddStep(worker, BatchInstance.Name(worker, cursor), shared, inputs.Inputs(cursor), changes).Index);
    }

    private void Decide(PlanNode node, Changes changes)
    {
        if (node.Type is StepType.BatchWorker)
        {
            // The intersection semantics of its dependents need to know all its batches, so every analyzer must have spoken.
            if (Array.TrueForAll(node.Governors, HasSpoken))
                _fates[node.Index] = _instancesOf[node.Index] is null ? Fate.Never : Fate.Exists;
            return;
        }

        if (!Array.TrueForAll(node.Dependencies, IsSettled))
            return;
        if (IsReached(node) || (node.Type is StepType.DeferredConvergence && Refusers(node).Count > 0))
            Create(node, changes);
        else
            _fates[node.Index] = Fate.Never;
    }

    /// <summary>Whether it is certain if a dependency exists and, for a decision, what it said.</summary>
    private bool IsSettled(int dependency) =>
        _fates[dependency] is not Fate.Unknown && (_plan.Nodes[dependency].Type is not StepType.Decision || HasSpoken(dependency));

    private bool HasSpoken(int node) =>
        _fates[node] is Fate.Never || (_fates[node] is Fate.Exists && _run.StepAt(_stepOf[node]).State.SatisfiesDependents());

    /// <summary>A node is reached when a decision named it, or by a dependency in the same branch. One behind a nested decision needs that one's word.</summary>
    private bool IsReached(PlanNode node)
    {
        if (_namedBy[node.Index] != Nothing)
            return true;
        foreach (var index in node.Dependencies)
        {
            var dependency = _plan.Nodes[index];
            if (dependency.IsStatic || dependency.Type is StepType.Decision || _fates[index] is not Fate.Exists)
                continue;
            if (Array.TrueForAll(
                node.Dependencies,
                other => _plan.Nodes[other].Type is not StepType.Decision || dependency.IsDownstreamOf(other)))
            {
                return true;
            }
        }

        return false;
    }

    private void Create(PlanNode node, Changes changes)
    {
        var parents = new List<int>(node.Dependencies.Length);
        var deferred = node.Type is StepType.DeferredConvergence;
        foreach (var dependency in node.Dependencies)
        {
            // An ordinary step waits for the decision in place of a branch that was not taken; a convergence leaves it out.
            if (!AddExisting(dependency, parents) && !deferred)
                parents.AddRange(RefusersOf(dependency));
        }

        if (parents.Count == 0 && deferred)
            parents.AddRange(Refusers(node));
        if (parents.Count == 0 && _namedBy[node.Index] != Nothing)
            parents.Add(_namedBy[node.Index]);

        _fates[node.Index] = Fate.Exists;
        _stepOf[node.Index] = _run.AddStep(node, node.Name, [.. parents.Distinct()], default, changes).Index;
    }

    private bool AddExisting(int node, List<int> parents)
    {
        if (_fates[node] is not Fate.Exists)
            return false;
        if (_instancesOf[node] is { } instances)
            parents.AddRange(instances);
        else
            parents.Add(_stepOf[node]);
        return true;
    }

    /// <summary>
    /// The steps that ran and, by what they said, kept all dependencies of a convergence from existing, so that it follows them at once. A decision that
    /// took another branch has sent the task elsewhere, and one outside of the branch in which the convergence is has refused that branch as a whole.
    /// </summary>
    private HashSet<int> Refusers(PlanNode node)
    {
        var found = new HashSet<int>();
        var seen = new HashSet<int>();
        foreach (var dependency in node.Dependencies)
            CollectRefusers(dependency, decision => TookNoBranch(decision) && JoinsBranchesOf(decision, node), found, seen);
        return found;
    }

    private HashSet<int> RefusersOf(int node)
    {
        var found = new HashSet<int>();
        CollectRefusers(node, static _ => true, found, []);
        return found;
    }

    private bool TookNoBranch(int decision) => Array.IndexOf(_namedBy, _stepOf[decision]) == Nothing;

    /// <summary>Whether a convergence is where branches of a decision come together, rather than in one of them.</summary>
    private bool JoinsBranchesOf(int decision, PlanNode convergence)
    {
        var (branches, joined) = (0, 0);
        foreach (var node in _plan.Dynamic)
        {
            if (!node.Dependencies.Contains(decision))
                continue;
            branches++;
            if (node == convergence || convergence.IsDownstreamOf(node.Index))
                joined++;
        }

        return joined > 1 || joined == branches;
    }

    /// <summary>Walks up to the nearest decisions that ran; one that did not run was itself refused by one above it.</summary>
    private void CollectRefusers(int index, Func<int, bool> counts, HashSet<int> found, HashSet<int> seen)
    {
        if (!seen.Add(index))
            return;
        var node = _plan.Nodes[index];
        if (_fates[index] is Fate.Exists)
        {
            if (node.Type is StepType.Decision && counts(index))
                found.Add(_stepOf[index]);
            return;
        }

        foreach (var governor in node.Governors)
        {
            if (_fates[governor] is Fate.Exists)
                found.Add(_stepOf[governor]);
        }

        // A node that a decision gates directly was refused there, or was never asked about.
        var gates = Array.FindAll(node.Dependencies, dependency => _plan.Nodes[dependency].Type is StepType.Decision);
        foreach (var dependency in gates.Length > 0 ? gates : node.Dependencies)
            CollectRefusers(dependency, counts, found, seen);
    }

    private static StepFailure Mistake(string code, string message) =>
        new() { Message = message, ErrorType = "permanent_error", ErrorCode = code, Retryable = false };
}
