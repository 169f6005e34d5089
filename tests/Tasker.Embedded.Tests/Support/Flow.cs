using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using Tasker.Handlers;
using Tasker.Json;
using Tasker.Templates;

namespace Tasker.Embedded.Tests.Support;

/// <summary>A workflow written by hand: a template and a handler a step, as the generator would emit them.</summary>
public sealed class Flow : HandlerRegistry
{
    private readonly List<StepDefinition> _steps = [];
    private readonly List<HandlerAdapter> _handlers = [];
    private TaskTemplate<string>? _template;
    private TaskLifecycle? _lifecycle;

    public Flow(string name = "flow", string version = "1.0.0")
    {
        Name = name;
        Version = version;
    }

    public string Name { get; }

    public string Version { get; }

    /// <summary>The JSON schema of its contexts.</summary>
    public string? InputSchema { get; init; }

    public ImmutableDictionary<string, ImmutableArray<StepOverride>> Environments { get; init; } =
        ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty;

    /// <summary>How often each step's handler ran, by the step's name in its task.</summary>
    public ConcurrentDictionary<string, int> Runs { get; } = new();

    /// <summary>Writes the context as raw JSON.</summary>
    public static JsonCodec<string> RawJson { get; } = new JsonDelegateCodec<string>(
        "JSON",
        static (ref r) => throw new NotSupportedException(),
        static (w, v) => w.WriteRawValue(v),
        static (_, _) => throw new NotSupportedException());

    public TaskTemplate<string> Template => _template ??= new TaskTemplate<string>
    {
        Name = Name,
        Namespace = "tests",
        Version = Version,
        Steps = [.. _steps],
        Lifecycle = _lifecycle,
        InputSchema = InputSchema,
        Environments = Environments,
        InputCodec = RawJson,
    };

    public override ImmutableArray<HandlerAdapter> Handlers => [.. _handlers];

    public override ImmutableArray<TaskTemplate> Templates => [Template];

    public static StepDefinition Define(
        string name,
        string[] dependencies,
        StepType type = StepType.Standard,
        RetryPolicy? retry = null,
        BatchFailureStrategy strategy = default) => new()
    {
        Name = name,
        Callable = name,
        Type = type,
        Dependencies = [.. dependencies],
        Retry = retry ?? new RetryPolicy { MaxAttempts = 3, Backoff = BackoffStrategy.None },
        Batch = type is StepType.BatchWorker
            ? new BatchConfiguration { BatchSize = 100, Parallelism = 5, CursorField = "row_number", WorkerTemplate = name, FailureStrategy = strategy }
            : null,
    };

    public Flow Add(StepDefinition definition, Func<StepContext, StepOutcome, ValueTask> run, HandlerKind kind = HandlerKind.Step)
    {
        var callable = Name + "." + definition.Callable;
        _steps.Add(definition with { Callable = callable });
        _handlers.Add(new DelegateHandler(callable, kind, Counted));
        return this;

        ValueTask Counted(StepContext context, StepOutcome outcome)
        {
            Runs.AddOrUpdate(context.StepName, 1, static (_, count) => count + 1);
            return run(context, outcome);
        }
    }

    /// <summary>How long its tasks may take.</summary>
    public Flow Limit(TaskLifecycle lifecycle)
    {
        _lifecycle = lifecycle;
        return this;
    }

    /// <summary>A step whose result is <c>{"ran": "its name"}</c>.</summary>
    public Flow Step(string name, params string[] dependencies) => Add(Define(name, dependencies), Ran);

    public Flow Converge(string name, params string[] dependencies) => Add(Define(name, dependencies, StepType.DeferredConvergence), Ran);

    public Flow Decision(string name, string[] dependencies, Func<StepContext, Decision> decide) =>
        Add(
            Define(name, dependencies, StepType.Decision),
            (context, outcome) =>
            {
                outcome.BeginDecision(decide(context));
                outcome.End();
                return default;
            },
            HandlerKind.Decision);

    public Flow Batches(string name, string[] dependencies, string worker, Func<StepContext, BatchPlan> plan) =>
        Add(
            Define(name, dependencies, StepType.Batchable),
            (context, outcome) =>
            {
                outcome.BeginBatchPlan(plan(context), worker);
                outcome.End();
                return default;
            },
            HandlerKind.BatchAnalyzer);

    public Flow Worker(string name, params string[] dependencies) =>
        Add(
            Define(name, dependencies, StepType.BatchWorker),
            (context, outcome) =>
            {
                outcome.BeginBatchResult(BatchResult.Of(new BatchContext(context).Size));
                outcome.End();
                return default;
            },
            HandlerKind.BatchWorker);

    public Flow Fails(string name, string[] dependencies, RetryPolicy retry, Func<StepContext, StepFailure?> fail) =>
        Add(Define(name, dependencies, retry: retry), (context, outcome) =>
        {
            if (fail(context) is not { } failure)
                return Ran(context, outcome);
            outcome.SetFailure(failure);
            return default;
        });

    public static ValueTask Ran(StepContext context, StepOutcome outcome)
    {
        var writer = outcome.BeginObject();
        writer.WriteStartObject();
        writer.WriteString("ran", context.StepName);
        writer.WriteEndObject();
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
