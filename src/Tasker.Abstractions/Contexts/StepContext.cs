using System.Text.Json;
using Tasker.Handlers;
using Tasker.Json;

namespace Tasker;

/// <summary>
/// What a handler may know about the attempt it runs in. Valid until the handler returns. Most handlers take what they need as parameters;
/// this is for what is only known at run time. A worker uses one instance for many attempts, so keep none. Not safe for concurrent use.
/// </summary>
public sealed class StepContext
{
    private readonly ICheckpointSink _checkpoints;
    private Parsed? _parsed;

    /// <summary>Creates the context of an attempt.</summary>
    /// <param name="step">The claimed step.</param>
    /// <param name="services">The services of this attempt.</param>
    /// <param name="checkpoints">Keeps checkpoints.</param>
    /// <param name="cancellationToken">Set when the attempt's time is up, the task is cancelled or the worker stops.</param>
    public StepContext(ClaimedStep step, IServiceProvider services, ICheckpointSink checkpoints, CancellationToken cancellationToken)
    {
        _checkpoints = checkpoints;
        Step = step;
        Services = services;
        CancellationToken = cancellationToken;
    }

    /// <summary>The claimed step, with its raw JSON.</summary>
    public ClaimedStep Step { get; private set; }

    /// <summary>The services of this attempt.</summary>
    public IServiceProvider Services { get; private set; }

    /// <summary>Set when the attempt's time is up, the task is cancelled or the worker stops.</summary>
    public CancellationToken CancellationToken { get; private set; }

    /// <summary>The task.</summary>
    public Guid TaskId => Step.TaskId;

    /// <summary>The step.</summary>
    public Guid StepId => Step.StepId;

    /// <summary>Ties together everything that one request caused.</summary>
    public Guid CorrelationId => Step.CorrelationId;

    /// <summary>The task or request that caused the task.</summary>
    public Guid? ParentCorrelationId => Step.ParentCorrelationId;

    /// <summary>The template's namespace.</summary>
    public string Namespace => Step.Template.Namespace;

    /// <summary>The template's name.</summary>
    public string TaskName => Step.Template.Name;

    /// <summary>The template's version.</summary>
    public string TaskVersion => Step.Template.Version;

    /// <summary>The step's name in the task; a batch worker's instance ends with its batch id.</summary>
    public string StepName => Step.Name;

    /// <summary>The name of the step's definition in the template.</summary>
    public string TemplateStepName => Step.Definition.Name;

    /// <summary>The callable of the step's handler.</summary>
    public string Callable => Step.Definition.Callable;

    /// <summary>Attempts made before this one: 0 on the first run.</summary>
    public int RetryCount => Step.Attempts;

    /// <summary>All attempts allowed, the first included.</summary>
    public int MaxAttempts => Step.MaxAttempts;

    /// <summary>Whether an earlier attempt failed.</summary>
    public bool IsRetry => RetryCount > 0;

    /// <summary>Whether a failure of this attempt is final.</summary>
    public bool IsLastRetry => RetryCount >= MaxAttempts - 1;

    /// <summary>Why the attempt before this one failed; <see langword="null"/> on the first run and after a yield.</summary>
    public StepFailure? PreviousFailure => Step.PreviousFailure;

    /// <summary>The task's context as JSON, an object.</summary>
    public JsonElement Inputs => Read.Inputs ??= Parse(Step.TaskContext);

    /// <summary>The step's configuration as JSON, an object.</summary>
    public JsonElement Configuration => Read.Configuration ??= Parse(Step.Configuration);

    /// <summary>The step's own inputs as JSON, such as a batch cursor; an empty object when there are none.</summary>
    public JsonElement StepInputs => Read.StepInputs ??= Parse(Step.Inputs);

    /// <summary>Whether an earlier attempt left a checkpoint with a position to continue from.</summary>
    public bool HasCheckpoint => Checkpoint is { HasCursor: true };

    /// <summary>The position to continue from; <see langword="null"/> without a checkpoint.</summary>
    public BatchPosition? CheckpointCursor => HasCheckpoint ? Checkpoint!.Cursor : default(BatchPosition?);

    /// <summary>Items processed up to the checkpoint; 0 without one.</summary>
    public long CheckpointItemsProcessed => Checkpoint?.ItemsProcessed ?? 0;

    /// <summary>What had been accumulated at the checkpoint; <see langword="null"/> without it.</summary>
    public JsonElement? AccumulatedResults => Checkpoint is { Accumulated.IsEmpty: false } checkpoint ? JsonElement.Parse(checkpoint.Accumulated.Span) : null;

    /// <summary>The names of the ancestor steps that have a result, direct and transitive, in the order in which they were created.</summary>
    public IEnumerable<string> ResultNames => Step.Dependencies.All().Select(ancestor => ancestor.Step);

    /// <summary>Reads a member of the task's context.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public T Input<T>(string name, JsonCodec<T> codec) => Bind(name).Input(0, codec);

    /// <summary>Reads a member of the task's context, or a default when it is missing or null.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public T InputOr<T>(string name, JsonCodec<T> codec, T defaultValue) => Bind(name).InputOr(0, codec, defaultValue);

    /// <summary>Reads a member of the step's configuration.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <exception cref="ValidationException">It is missing, null or of the wrong kind.</exception>
    public T Config<T>(string name, JsonCodec<T> codec) => Bind(name).Config(0, codec);

    /// <summary>Reads a member of the step's configuration, or a default when it is missing or null.</summary>
    /// <typeparam name="T">The member's type.</typeparam>
    /// <exception cref="ValidationException">It is of the wrong kind.</exception>
    public T ConfigOr<T>(string name, JsonCodec<T> codec, T defaultValue) => Bind(name).ConfigOr(0, codec, defaultValue);

    /// <summary>Reads the result of an ancestor step.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <exception cref="ValidationException">The step has no result, or one of the wrong kind.</exception>
    public T Result<T>(string step, JsonCodec<T> codec) => Bind(step).Step(0, codec);

    /// <summary>The result of an ancestor step as JSON; a result that is no object is unwrapped from its <c>{"result": value}</c>.</summary>
    /// <returns>The result, or <see langword="null"/> when the step is no ancestor or has none, such as a branch that was not taken.</returns>
    public JsonElement? Result(string step) => Step.Dependencies.TryGet(step, out var json) ? Unwrap(Parse(json)) : null;

    /// <summary>A field within the result of an ancestor step.</summary>
    /// <param name="step">The step.</param>
    /// <param name="path">The names of members, outermost first; a number is an index in an array.</param>
    /// <returns>The field, or <see langword="null"/> when there is no such step or path.</returns>
    public JsonElement? ResultField(string step, params ReadOnlySpan<string> path)
    {
        if (Result(step) is not { } element)
            return null;
        foreach (var part in path)
        {
            if (element.ValueKind is JsonValueKind.Object && element.TryGetProperty(part, out var member))
                element = member;
            else if (element.ValueKind is JsonValueKind.Array && int.TryParse(part, out var index) && index >= 0 && index < element.GetArrayLength())
                element = element[index];
            else
                return null;
        }

        return element;
    }

    /// <summary>The results of all ancestor steps whose names begin with a prefix, in the order in which the steps were created.</summary>
    /// <param name="prefix">The prefix; empty for all.</param>
    public IEnumerable<KeyValuePair<string, JsonElement>> Results(string prefix = "")
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return Step.Dependencies.All()
            .Where(ancestor => ancestor.Step.StartsWith(prefix, StringComparison.Ordinal))
            .Select(ancestor => KeyValuePair.Create(ancestor.Step, Unwrap(Parse(ancestor.Result))));
    }

    /// <summary>Makes the object serve the next attempt. For workers.</summary>
    /// <param name="step">The claimed step.</param>
    /// <param name="services">The services of the attempt.</param>
    /// <param name="cancellationToken">Set when the attempt's time is up, the task is cancelled or the worker stops.</param>
    public void Reset(ClaimedStep step, IServiceProvider services, CancellationToken cancellationToken)
    {
        Step = step;
        Services = services;
        CancellationToken = cancellationToken;
        _parsed = null;
    }

    internal ICheckpointSink Checkpoints => _checkpoints;

    internal TimeProvider Time => (TimeProvider?)Services.GetService(typeof(TimeProvider)) ?? TimeProvider.System;

    private Parsed Read => _parsed ??= new Parsed();

    private CheckpointRecord? Checkpoint
    {
        get
        {
            if (!Read.HasCheckpoint)
                (Read.Checkpoint, Read.HasCheckpoint) = (CheckpointRecord.Parse(Step), true);
            return Read.Checkpoint;
        }
    }

    private StepBinder Bind(string name) => new(this, [new BoundParameter(name, name)]);

    private static JsonElement Parse(ReadOnlyMemory<byte> json) => JsonElement.Parse(json.IsEmpty ? "{}"u8 : json.Span);

    private static JsonElement Unwrap(JsonElement result)
    {
        var members = result.ValueKind is JsonValueKind.Object ? result.EnumerateObject() : default;
        return members.MoveNext() && members.Current.NameEquals("result"u8) && members.Current.Value is var value && !members.MoveNext() ? value : result;
    }

    /// <summary>What the handler asked for as JSON, parsed once.</summary>
    private sealed class Parsed
    {
        public JsonElement? Inputs { get; set; }

        public JsonElement? Configuration { get; set; }

        public JsonElement? StepInputs { get; set; }

        public CheckpointRecord? Checkpoint { get; set; }

        public bool HasCheckpoint { get; set; }
    }
}
