using System.Diagnostics;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// One step of one task. Changed by the engine only; what a handler's thread reads of it (name, parents, and the results of completed
/// ancestors) no longer changes once the step is handed out.
/// </summary>
internal sealed class StepRun(TaskRun run, int index, StepShape shape) : IStepFacts
{
    private OptionalTime _startedAt;
    private OptionalTime _completedAt;
    private Rarities? _rarities;
    private ClaimedStep? _handed;
    private int _ticket;

    public TaskRun Run { get; } = run;

    /// <summary>The step's index in its task, in order of creation.</summary>
    public int Index { get; } = index;

    public StepShape Shape { get; } = shape;

    public PlanNode Node => Shape.Node;

    public StepDefinition Definition => Shape.Node.Definition;

    public string Name => Shape.Name;

    public Guid Id => TaskIds.Step(Run.Id, Index);

    public StepState State { get; internal set; }

    /// <summary>Attempts begun, the running one included.</summary>
    public int Attempts { get; internal set; }

    public int MaxAttempts => Definition.Retry.MaxAttempts;

    Guid IStepFacts.TaskId => Run.Id;

    Guid IStepFacts.StepId => Id;

    Guid IStepFacts.CorrelationId => Run.CorrelationId;

    Guid? IStepFacts.ParentCorrelationId => Run.Options.ParentCorrelationId;

    int IStepFacts.DefinitionNumber => Node.Number;

    TaskTemplate IStepFacts.Template => Run.Plan.Template;

    ReadOnlyMemory<byte> IStepFacts.TaskContext => Run.Context;

    ReadOnlyMemory<byte> IStepFacts.Configuration => Definition.Configuration;

    /// <summary>The steps it waits for.</summary>
    public int[] Parents => Shape.Parents;

    /// <summary>Parents that are not done yet.</summary>
    public int Remaining { get; internal set; } = shape.Parents.Length;

    /// <summary>The steps created later than this one's shape that wait for it.</summary>
    public IReadOnlyList<int> MoreChildren => (IReadOnlyList<int>?)_rarities?.Children ?? [];

    public ReadOnlyMemory<byte> Inputs => Shape.Inputs;

    /// <summary>What it returned; empty when it has no result. One reference, so that another thread reads all of it or nothing.</summary>
    public byte[] Result { get; internal set; } = [];

    public ReadOnlyMemory<byte> Checkpoint
    {
        get => _rarities?.Checkpoint ?? default;
        internal set => Rare(value.Length > 0)?.Checkpoint = value;
    }

    public StepFailure? Failure
    {
        get => _rarities?.Failure;
        internal set => Rare(value is not null)?.Failure = value;
    }

    /// <summary>What happens to the other batches when this step, an instance of a batch worker, fails for good.</summary>
    public BatchFailureStrategy FailureStrategy =>
        Node.Type is StepType.BatchWorker && Definition.Batch is { } batch ? batch.FailureStrategy : BatchFailureStrategy.ContinueOnFailure;

    /// <summary>Whether the step failed for good and the task goes on as if it had not existed.</summary>
    public bool IsSetAside => State is StepState.Error && FailureStrategy is BatchFailureStrategy.Isolate;

    /// <summary>Whether steps that wait for this one need not wait any longer.</summary>
    public bool IsDone => State.SatisfiesDependents() || IsSetAside;

    public DateTimeOffset? NextAttemptAt
    {
        get => _rarities?.NextAttemptAt;
        internal set => Rare(value is not null)?.NextAttemptAt = value;
    }

    /// <summary>When the last attempt began.</summary>
    public DateTimeOffset? StartedAt
    {
        get => _startedAt;
        internal set => _startedAt = value;
    }

    public DateTimeOffset? CompletedAt
    {
        get => _completedAt;
        internal set => _completedAt = value;
    }

    /// <summary>
    /// Counts how often the step became ready. What was handed out for one time has no say in the next, also when the attempts have been counted
    /// anew since.
    /// </summary>
    public int Ticket => Volatile.Read(ref _ticket);

    /// <summary>The attempt that a worker has, so that it can be cancelled.</summary>
    public ClaimedStep? Handed
    {
        get => Volatile.Read(ref _handed);
        internal set => Volatile.Write(ref _handed, value);
    }

    /// <summary>What happened to the step beyond its state.</summary>
    public IReadOnlyList<JournalEntry> Journal
    {
        get => _rarities?.Journal.Entries ?? [];
        init => Rare(value.Count > 0)?.Journal = new Journal(value);
    }

    /// <summary>The trace of the attempt that completed it in this process, when somebody listens to traces.</summary>
    public Activity? Trace
    {
        get => _rarities?.Trace;
        internal set => Rare(value is not null)?.Trace = value;
    }

    /// <summary>Whether a decision or a batch analyzer created the step, so that the plan alone does not tell that it exists.</summary>
    public bool IsDynamic => Index >= Run.PlannedSteps;

    /// <summary>Bookkeeping of <see cref="Changes"/>.</summary>
    internal bool IsChanged { get; set; }

    /// <summary>Bookkeeping of <see cref="Changes"/>: the step's place among the running ones, or -1.</summary>
    internal int RunningIndex { get; set; } = -1;

    /// <summary>Bookkeeping of the store: whether it has a row of this step.</summary>
    internal bool IsStored { get; set; }

    internal void Log(JournalEntry entry) => Rare(needed: true)!.Journal.Add(entry);

    internal void NextTicket() => Volatile.Write(ref _ticket, _ticket + 1);

    internal void AddChild(int child) => (Rare(needed: true)!.Children ??= []).Add(child);

    /// <summary>Nothing when there is nothing yet and none is needed.</summary>
    private Rarities? Rare(bool needed) => needed ? _rarities ??= new Rarities() : _rarities;

    /// <summary>What most steps do not have: then they do not take its space.</summary>
    private sealed class Rarities
    {
        public Journal Journal;
        public OptionalTime NextAttemptAt;

        public List<int>? Children { get; set; }

        public ReadOnlyMemory<byte> Checkpoint { get; set; }

        public StepFailure? Failure { get; set; }

        public Activity? Trace { get; set; }
    }
}
