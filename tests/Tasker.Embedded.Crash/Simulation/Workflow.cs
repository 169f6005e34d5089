using System.Collections.Immutable;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>A part of a random workflow. Parts nest, so that what has to happen follows from each part alone.</summary>
internal abstract record Block
{
    /// <summary>One step.</summary>
    internal sealed record Single(string Step) : Block;

    /// <summary>One part after the other.</summary>
    internal sealed record Chain(ImmutableArray<Block> Parts) : Block;

    /// <summary>Parts side by side, and a step that waits for all of them.</summary>
    internal sealed record Fork(ImmutableArray<Block> Parts, string Join) : Block;

    /// <summary>A decision, the branches it can take, each with the step it names, and their convergence.</summary>
    internal sealed record Choice(string Decision, ImmutableArray<(string Entry, Block Part)> Branches, string Convergence) : Block;

    /// <summary>An analyzer, its batches, and their convergence.</summary>
    internal sealed record Batches(string Analyzer, string Worker, string Convergence, BatchFailureStrategy Strategy) : Block;
}

/// <summary>What the steps of a workflow do about failures.</summary>
internal enum WorkflowPace
{
    /// <summary>They wait, and there is an end to their attempts: the clock is not a real one.</summary>
    Simulated,

    /// <summary>They are tried again at once, and as often as their process is killed.</summary>
    Real,
}

/// <summary>A random workflow as a template.</summary>
internal sealed class Workflow : HandlerRegistry
{
    /// <summary>The event of a step that is complete.</summary>
    public const string Done = "step.done";

    /// <summary>The event of a step that has failed for good.</summary>
    public const string Failed = "step.failed";

    /// <summary>The event of an attempt that another one follows.</summary>
    public const string Again = "step.again";

    /// <summary>Who makes the events.</summary>
    public const string Publisher = "crash";

    /// <summary>Of a simulated workflow. Enough for every failure that a script has in store and for every crash of a run.</summary>
    public const int MaxAttempts = 10;

    private readonly Random _random;
    private readonly string _name;
    private readonly WorkflowPace _pace;
    private readonly List<StepDefinition> _steps = [];

    private Workflow(Random random, string name, WorkflowPace pace, Func<StepDefinition, HandlerAdapter>? handle)
    {
        _random = random;
        _name = name;
        _pace = pace;
        var first = Add(StepType.Standard, []);
        var (rest, _) = Build(depth: 0, [first]);
        Root = new Block.Chain([new Block.Single(first), rest]);
        Template = new TaskTemplate { Name = name, Namespace = "simulation", Version = "1", Steps = [.. _steps], Lifecycle = pace is WorkflowPace.Simulated ? Limits() : null };
        Handlers = handle is null ? [] : [.. _steps.Select(handle)];
    }

    public Block Root { get; }

    public TaskTemplate Template { get; }

    /// <summary>None where the steps are run by other means.</summary>
    public override ImmutableArray<HandlerAdapter> Handlers { get; }

    public override ImmutableArray<TaskTemplate> Templates => [Template];

    /// <param name="random">Everything follows from it.</param>
    /// <param name="name">The template's name.</param>
    /// <param name="pace">How long a step waits before it is tried again, and how often that happens.</param>
    /// <param name="handle">Makes the handler of a step; not given where the steps are run by other means.</param>
    public static Workflow Create(Random random, string name, WorkflowPace pace, Func<StepDefinition, HandlerAdapter>? handle = null) =>
        new(random, name, pace, handle);

    /// <summary>The part that a decision begins.</summary>
    public Block.Choice ChoiceOf(string decision) => Parts(Root).OfType<Block.Choice>().First(choice => choice.Decision == decision);

    /// <summary>The template step of the batches that an analyzer plans.</summary>
    public string WorkerOf(string analyzer) => Parts(Root).OfType<Block.Batches>().First(batches => batches.Analyzer == analyzer).Worker;

    private static IEnumerable<Block> Parts(Block block)
    {
        var inner = block switch
        {
            Block.Chain chain => chain.Parts,
            Block.Fork fork => fork.Parts,
            Block.Choice choice => choice.Branches.Select(branch => branch.Part),
            _ => [],
        };
        return inner.SelectMany(Parts).Prepend(block);
    }

    private (Block Block, string[] Ends) Build(int depth, string[] after) => _random.Next(depth > 2 ? 2 : 7) switch
    {
        0 or 1 => BuildSingle(after),
        2 or 3 => BuildChain(depth, after),
        4 => BuildFork(depth, after),
        5 => BuildChoice(depth, after),
        _ => BuildBatches(after),
    };

    private (Block Block, string[] Ends) BuildSingle(string[] after)
    {
        var step = Add(StepType.Standard, after);
        return (new Block.Single(step), [step]);
    }

    private (Block Block, string[] Ends) BuildChain(int depth, string[] after)
    {
        var parts = ImmutableArray.CreateBuilder<Block>();
        for (var i = _random.Next(2, 4); i > 0; i--)
        {
            var (part, ends) = Build(depth + 1, after);
            parts.Add(part);
            after = ends;
        }

        return (new Block.Chain(parts.ToImmutable()), after);
    }

    private (Block Block, string[] Ends) BuildFork(int depth, string[] after)
    {
        var parts = ImmutableArray.CreateBuilder<Block>();
        var ends = new List<string>();
        for (var i = _random.Next(2, 4); i > 0; i--)
        {
            var (part, partEnds) = Build(depth + 1, after);
            parts.Add(part);
            ends.AddRange(partEnds);
        }

        var join = Add(StepType.Standard, [.. ends]);
        return (new Block.Fork(parts.ToImmutable(), join), [join]);
    }

    private (Block Block, string[] Ends) BuildChoice(int depth, string[] after)
    {
        var decision = Add(StepType.Decision, after);
        var branches = ImmutableArray.CreateBuilder<(string, Block)>();
        var ends = new List<string>();
        for (var i = _random.Next(2, 4); i > 0; i--)
        {
            var entry = Add(StepType.Standard, [decision]);
            Block part = new Block.Single(entry);
            string[] partEnds = [entry];
            if (_random.Next(2) == 0)
            {
                (var more, partEnds) = Build(depth + 1, [entry]);
                part = new Block.Chain([part, more]);
            }

            branches.Add((entry, part));
            ends.AddRange(partEnds);
        }

        var convergence = Add(StepType.DeferredConvergence, [.. ends]);
        return (new Block.Choice(decision, branches.ToImmutable(), convergence), [convergence]);
    }

    private (Block Block, string[] Ends) BuildBatches(string[] after)
    {
        var analyzer = Add(StepType.Batchable, after);
        var strategy = (BatchFailureStrategy)_random.Next(3);
        var worker = Add(StepType.BatchWorker, [analyzer], strategy);
        var convergence = Add(StepType.DeferredConvergence, [worker]);
        return (new Block.Batches(analyzer, worker, convergence, strategy), [convergence]);
    }

    private string Add(StepType type, string[] after, BatchFailureStrategy strategy = default)
    {
        var name = $"{type.ToString().ToLowerInvariant()}_{_steps.Count}";
        _steps.Add(new StepDefinition
        {
            Name = name,
            Callable = $"{_name}.{name}",
            Type = type,
            Dependencies = [.. after],
            Retry = new RetryPolicy
            {
                MaxAttempts = _pace is WorkflowPace.Simulated ? MaxAttempts : int.MaxValue - 1,
                Backoff = _pace is WorkflowPace.Simulated ? (BackoffStrategy)_random.Next(4) : BackoffStrategy.None,
                BackoffBase = TimeSpan.FromSeconds(1),
                MaxBackoff = TimeSpan.FromSeconds(20),
            },
            Events =
            [
                Declare(Done, EventCondition.Success, EventDelivery.Durable),
                Declare(Failed, EventCondition.PermanentFailure, EventDelivery.Broadcast),
                Declare(Again, EventCondition.RetryableFailure, EventDelivery.Durable),
            ],
            Batch = type is StepType.BatchWorker ? new BatchConfiguration { CursorField = "row", WorkerTemplate = name, FailureStrategy = strategy } : null,
        });
        return name;
    }

    /// <summary>Some tasks may be stale after some seconds: the longest that a clock moves on at once is half a minute.</summary>
    private TaskLifecycle? Limits() => _random.Next(2) == 0 ? null : new TaskLifecycle
    {
        MaxDuration = Seconds(60, 600),
        MaxWaitingForRetry = Seconds(3, 40),
        MaxStepsInProcess = Seconds(3, 60),
        AutoFailOnTimeout = _random.Next(3) == 0 ? _random.Next(2) == 0 : null,
        AutoDlqOnTimeout = _random.Next(3) == 0 ? _random.Next(2) == 0 : null,
    };

    private TimeSpan? Seconds(int least, int most) => _random.Next(2) == 0 ? null : TimeSpan.FromSeconds(_random.Next(least, most));

    private static EventDeclaration Declare(string name, EventCondition condition, EventDelivery delivery) =>
        new() { Name = name, Description = name, Condition = condition, Delivery = delivery, Schema = "", Publisher = Publisher };
}
