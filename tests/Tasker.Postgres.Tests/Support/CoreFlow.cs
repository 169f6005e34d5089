using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A workflow written by hand, in a namespace that no other test has.</summary>
public sealed class CoreFlow : HandlerRegistry
{
    private readonly List<StepDefinition> _steps = [];
    private readonly List<HandlerAdapter> _handlers = [];

    public string Namespace { get; init; } = "t_" + Guid.NewGuid().ToString("N")[..12];

    public string Name { get; init; } = "flow";

    public string Queue => $"worker_{Namespace}_queue";

    public string EventQueue => $"{Namespace}_domain_events";

    /// <summary>How often each step's handler ran, by the step's name in its task.</summary>
    public ConcurrentDictionary<string, int> Runs { get; } = new();

    /// <summary>How often each attempt's handler ran: more than once is a double run.</summary>
    public ConcurrentDictionary<(Guid Step, int Attempts), int> Attempts { get; } = new();

    public TaskTemplate Template => new() { Name = Name, Namespace = Namespace, Version = "1.0.0", Description = "A test.", Steps = [.. _steps] };

    public override ImmutableArray<HandlerAdapter> Handlers => [.. _handlers];

    public override ImmutableArray<TaskTemplate> Templates => [Template];

    public CoreFlow Add(StepDefinition definition, Func<StepContext, StepOutcome, ValueTask> run, HandlerKind kind = HandlerKind.Step)
    {
        _steps.Add(definition);
        _handlers.Add(new DelegateHandler(definition.Callable, kind, Counted));
        return this;

        ValueTask Counted(StepContext context, StepOutcome outcome)
        {
            Runs.AddOrUpdate(context.StepName, 1, static (_, count) => count + 1);
            Attempts.AddOrUpdate((context.StepId, context.RetryCount), 1, static (_, count) => count + 1);
            return run(context, outcome);
        }
    }

    public CoreFlow Step(string name, params string[] dependencies) => Add(Define(name, dependencies), Ran);

    public CoreFlow Step(string name, string[] dependencies, Func<StepContext, string> result) =>
        Add(Define(name, dependencies), (context, outcome) => Write(outcome, result(context)));

    public CoreFlow Step(string name, string[] dependencies, Func<StepContext, Task<string>> result) =>
        Add(Define(name, dependencies), async (context, outcome) => await Write(outcome, await result(context)));

    /// <summary>A decision that takes one branch.</summary>
    public CoreFlow Decide(string name, string dependency, string branch) => Add(
        Define(name, [dependency], StepType.Decision),
        (_, outcome) =>
        {
            outcome.BeginDecision(Decision.Route(branch));
            outcome.End();
            return default;
        },
        HandlerKind.Decision);

    /// <summary>A step that plans the batches of the batch worker <c>work</c>.</summary>
    public CoreFlow Plan(string name, BatchPlan plan) => Add(
        Define(name, [], StepType.Batchable) with { Configuration = """{"worker_template_name":"work"}"""u8.ToArray() },
        (_, outcome) =>
        {
            outcome.BeginBatchPlan(plan, "work");
            outcome.End();
            return default;
        },
        HandlerKind.BatchAnalyzer);

    /// <summary>A step in the template that this host has no handler for.</summary>
    public CoreFlow Foreign(string name, params string[] dependencies)
    {
        _steps.Add(Define(name, dependencies));
        return this;
    }

    public StepDefinition Define(string name, string[] dependencies, StepType type = StepType.Standard, int maxAttempts = 3) => new()
    {
        Name = name,
        Callable = Namespace + "." + name,
        Type = type,
        Dependencies = [.. dependencies],
        Retry = new RetryPolicy { MaxAttempts = maxAttempts },
        Batch = type is StepType.BatchWorker
            ? new BatchConfiguration { BatchSize = 100, Parallelism = 5, CursorField = "row_number", WorkerTemplate = name }
            : null,
    };

    /// <summary>A step that a durable domain event tells of.</summary>
    public StepDefinition DefineTelling(string name) =>
        Define(name, []) with { Events = [new EventDeclaration { Name = "step.ran", Description = "d", Schema = "{}" }] };

    public static ValueTask Ran(StepContext context, StepOutcome outcome) => Write(outcome, $$"""{"ran":"{{context.StepName}}"}""");

    public static ValueTask Write(StepOutcome outcome, string json)
    {
        outcome.BeginObject().WriteRawValue(json);
        outcome.End();
        return default;
    }

    public static string Text(ReadOnlyMemory<byte> json) => Encoding.UTF8.GetString(json.Span);

    private sealed class DelegateHandler(string callable, HandlerKind kind, Func<StepContext, StepOutcome, ValueTask> run)
        : HandlerAdapter(callable, null, kind, needsScope: false)
    {
        public override ValueTask InvokeAsync(StepContext context, StepOutcome outcome) => run(context, outcome);
    }
}
