using Tasker.Client;
using Tasker.Embedded.Crash;
using Tasker.Embedded.Orchestration;
using Tasker.Templates;

namespace Tasker.Embedded.Tests.Support;

/// <summary>Runs one task on the pure logic alone: no engine, no store, no clock, one step after the other.</summary>
internal sealed class Simulation
{
    private Changes _changes = new();
    private bool _hasBegun;
    private readonly RetrySchedule _retries = new(new Random(1));
    private readonly Dictionary<string, Func<int, AttemptOutcome>> _outcomes = [];

    public Simulation(params StepDefinition[] steps)
        : this(lifecycle: null, steps)
    {
    }

    public Simulation(TaskLifecycle? lifecycle, params StepDefinition[] steps)
    {
        var template = new TaskTemplate { Name = "simulated", Namespace = "tests", Version = "1", Steps = [.. steps], Lifecycle = lifecycle };
        Run = new TaskRun(TaskIds.Task(Guid.CreateVersion7(Now)), TaskPlan.Compile(template), "{}"u8.ToArray(), new StartOptions(), Guid.Empty, Now);
    }

    public static DateTimeOffset Now { get; } = DateTimeOffset.UnixEpoch.AddDays(20_000);

    public TaskRun Run { get; private set; }

    /// <summary>The names of the steps in the order in which they ran.</summary>
    public List<string> Order { get; } = [];

    public static StepDefinition Step(string name, params string[] dependencies) => Flow.Define(name, dependencies);

    public static StepDefinition Step(StepType type, string name, params string[] dependencies) => Flow.Define(name, dependencies, type);

    /// <summary>Says what a step's attempts return; others succeed.</summary>
    public Simulation On(string step, Func<int, AttemptOutcome> outcome)
    {
        _outcomes[step] = outcome;
        return this;
    }

    public Simulation Decide(string step, params string[] names) =>
        On(step, _ => new DecisionOutcome(
            "{}"u8.ToArray(),
            names.Length == 0 ? Decision.Skip("nothing") : Decision.Route([.. names.Select(name => new StepName(name))])));

    public Simulation Plan(string step, string worker, BatchPlan plan) =>
        On(step, _ => new BatchOutcome("{}"u8.ToArray(), plan.Cursors, worker));

    public Simulation Fail(string step, bool retryable = false) => On(step, _ => Broken(retryable));

    /// <summary>The step fails for good, and succeeds when it is tried again all the same.</summary>
    public Simulation FailOnce(string step)
    {
        var hasFailed = false;
        return On(step, _ =>
        {
            if (hasFailed)
                return new AttemptOutcome("{}"u8.ToArray());
            hasFailed = true;
            return Broken(retryable: false);
        });
    }

    /// <summary>The task is stale.</summary>
    public void Expire() => Run.Expire(Now, _changes);

    /// <summary>Goes on with what a store would give back.</summary>
    public void Restore()
    {
        _changes = new Changes();
        Run = TaskRun.Restore(StoredTasks.Of(Run), Run.Plan);
    }

    /// <summary>Runs until the task is finished, or goes on with it; ready steps run in the order that <paramref name="pick"/> says, first come first served without.</summary>
    public Simulation Finish(Func<int, int>? pick = null)
    {
        if (!_hasBegun)
            Run.Begin(_changes);
        _hasBegun = true;
        while (!Run.State.IsSettled())
        {
            foreach (var retry in _changes.Retrying.ToArray())
            {
                _changes.Retrying.Remove(retry);
                if (retry.State is StepState.WaitingForRetry)
                    Run.Retry(retry, Now, _changes);
            }

            // What the ready queue does with steps that were cancelled while they waited.
            _changes.Ready.RemoveAll(step => step.State is not StepState.Enqueued);

            Assert.True(_changes.Ready.Count > 0, $"The task is stuck in '{Run.State.ToName()}'.");
            var step = _changes.Ready[pick?.Invoke(_changes.Ready.Count) ?? 0];
            _changes.Ready.Remove(step);
            Assert.All(step.Parents, parent => Assert.True(Run.StepAt(parent).IsDone));
            Order.Add(step.Name);
            TaskRun.Claim(step, Now, _changes);
            var outcome = _outcomes.TryGetValue(step.Name, out var said) || _outcomes.TryGetValue(step.Node.Name, out said)
                ? said(step.Attempts)
                : new AttemptOutcome(System.Text.Encoding.UTF8.GetBytes($$"""{"ran":"{{step.Name}}"}"""));
            if (step.State is StepState.InProgress)
                Run.Finish(step, outcome, Now, _retries, _changes);
        }

        Assert.Empty(_changes.Running);
        return this;
    }

    /// <summary>What a person does with a step meanwhile.</summary>
    public void Resolve(string step, StepResolution resolution) => Run.ResolveStep(step, resolution, Now, _changes);

    public string[] Names => [.. Run.ToSnapshot().Steps.Select(step => step.Name)];

    private static FailedAttempt Broken(bool retryable) =>
        new(new StepFailure { Message = "It is broken.", ErrorType = "broken", Retryable = retryable });

    public string[] Dependencies(string step) => [.. Run.ToSnapshot().FindStep(step)!.Dependencies];
}
