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
    internal sealed record Batches(string Analyzer, string Worker, string Convergence) : Block;
}

/// <summary>A random workflow as a template.</summary>
internal sealed class Workflow : HandlerRegistry
{
    /// <summary>Enough for every failure that a script has in store and for every crash of a run.</summary>
    public const int MaxAttempts = 10;

    private readonly Random _random;
    private readonly List<StepDefinition> _steps = [];

    private Workflow(Random random, string name)
    {
        _random = random;
        var first = Add(StepType.Standard, []);
        var (rest, _) = Build(depth: 0, [first]);
        Root = new Block.Chain([new Block.Single(first), rest]);
        Template = new TaskTemplate { Name = name, Namespace = "simulation", Version = "1", Steps = [.. _steps] };
    }

    public Block Root { get; }

    public TaskTemplate Template { get; }

    /// <summary>The simulation runs the steps itself.</summary>
    public override ImmutableArray<HandlerAdapter> Handlers => [];

    public override ImmutableArray<TaskTemplate> Templates => [Template];

    public static Workflow Create(Random random, string name) => new(random, name);

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
        var worker = Add(StepType.BatchWorker, [analyzer]);
        var convergence = Add(StepType.DeferredConvergence, [worker]);
        return (new Block.Batches(analyzer, worker, convergence), [convergence]);
    }

    private string Add(StepType type, string[] after)
    {
        var name = $"{type.ToString().ToLowerInvariant()}_{_steps.Count}";
        _steps.Add(new StepDefinition
        {
            Name = name,
            Callable = name,
            Type = type,
            Dependencies = [.. after],
            Retry = new RetryPolicy
            {
                MaxAttempts = MaxAttempts,
                Backoff = (BackoffStrategy)_random.Next(4),
                BackoffBase = TimeSpan.FromSeconds(1),
                MaxBackoff = TimeSpan.FromSeconds(20),
            },
            Batch = type is StepType.BatchWorker ? new BatchConfiguration { CursorField = "row", WorkerTemplate = name } : null,
        });
        return name;
    }
}
