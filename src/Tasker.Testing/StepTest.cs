using System.Text;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>
/// One attempt of one step, built by hand: inputs, configuration, results of other steps, attempt, checkpoint. What is not given is empty, the
/// configuration is the template's. Not safe for concurrent use.
/// </summary>
public sealed class StepTest
{
    private readonly StepTestHost _host;
    private readonly TaskTemplate _template;
    private readonly StepDefinition _definition;
    private readonly List<AncestorResult> _results = [];
    private ReadOnlyMemory<byte> _input = "{}"u8.ToArray();
    private ReadOnlyMemory<byte> _configuration;
    private ReadOnlyMemory<byte> _stepInputs;
    private ReadOnlyMemory<byte> _checkpoint;
    private StepFailure? _previousFailure;
    private string _name;
    private int _attempts;

    internal StepTest(StepTestHost host, TaskTemplate template, StepDefinition definition)
    {
        _host = host;
        _template = template;
        _definition = definition;
        _name = definition.Name;
        _configuration = definition.Configuration;
    }

    /// <summary>The task's context.</summary>
    /// <typeparam name="TInput">The type of the template's context.</typeparam>
    /// <exception cref="ArgumentException">The template's context is of another type, or of none.</exception>
    public StepTest WithInput<TInput>(TInput input)
    {
        if (_template is not TaskTemplate<TInput> typed)
            throw new ArgumentException($"The context of template '{_template}' is not a {typeof(TInput).Name}; use WithInputJson.", nameof(input));
        _input = typed.InputCodec.ToUtf8(input);
        return this;
    }

    /// <summary>The task's context, a JSON object.</summary>
    public StepTest WithInputJson(string json)
    {
        _input = Encoding.UTF8.GetBytes(json);
        return this;
    }

    /// <summary>The step's configuration, a JSON object, in place of the template's.</summary>
    public StepTest WithConfigurationJson(string json)
    {
        _configuration = Encoding.UTF8.GetBytes(json);
        return this;
    }

    /// <summary>The result of another step.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    public StepTest WithResult<TResult>(StepRef<TResult> step, TResult result)
    {
        ArgumentNullException.ThrowIfNull(step);
        _results.Add(new AncestorResult(step.Name, step.Name, StepJson.Write(step, result)));
        return this;
    }

    /// <summary>The result of another step, a JSON object.</summary>
    public StepTest WithResultJson(StepName step, string json)
    {
        _results.Add(new AncestorResult(step.Value, step.Value, Encoding.UTF8.GetBytes(json)));
        return this;
    }

    /// <summary>The result of one batch of a batch worker.</summary>
    /// <param name="worker">The worker's template step.</param>
    /// <param name="batchId">The batch's id, <c>001</c> for the first.</param>
    /// <param name="counts">Its counts.</param>
    /// <param name="valueJson">The value that the worker returned with them, a JSON object.</param>
    public StepTest WithBatchResult(StepName worker, string batchId, BatchResult counts, string valueJson = "{}")
    {
        using var value = JsonDocument.Parse(valueJson);
        using var outcome = new StepOutcome();
        var writer = outcome.BeginBatchResult(counts);
        foreach (var member in value.RootElement.EnumerateObject())
            member.WriteTo(writer);
        outcome.End();
        _results.Add(new AncestorResult($"{worker.Value}_{batchId}", worker.Value, outcome.Result.ToArray()));
        return this;
    }

    /// <summary>The batch that the step, a batch worker, is to process.</summary>
    /// <param name="start">The first position.</param>
    /// <param name="end">The position after the last.</param>
    /// <param name="size">The number of items; the distance between positions that are integers when not given.</param>
    /// <param name="batchId">The batch's id.</param>
    public StepTest WithBatch(BatchPosition start, BatchPosition end, long? size = null, string batchId = "001")
    {
        _name = $"{_definition.Name}_{batchId}";
        _stepInputs = StepJson.WriteBatch(batchId, start, end, size ?? (start.IsInt64 && end.IsInt64 ? end.ToInt64() - start.ToInt64() : 0), _definition.Batch);
        return this;
    }

    /// <summary>The step's own inputs, a JSON object.</summary>
    public StepTest WithStepInputsJson(string json)
    {
        _stepInputs = Encoding.UTF8.GetBytes(json);
        return this;
    }

    /// <summary>The checkpoint of an earlier attempt, such as <see cref="StepTestOutcome.Checkpoints"/> of another run holds.</summary>
    public StepTest WithCheckpoint(ReadOnlyMemory<byte> checkpoint)
    {
        _checkpoint = checkpoint;
        return this;
    }

    /// <summary>Makes the run a later attempt.</summary>
    /// <param name="attempt">The attempt, 1 for the first.</param>
    /// <param name="previous">Why the attempt before it failed.</param>
    public StepTest AsAttempt(int attempt, StepFailure? previous = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(attempt);
        (_attempts, _previousFailure) = (attempt - 1, previous);
        return this;
    }

    /// <summary>Runs the handler.</summary>
    /// <param name="cancellationToken">Cancels the task, as an operator would.</param>
    public Task<StepTestOutcome> RunAsync(CancellationToken cancellationToken = default) => _host.RunAsync(new ClaimedStep
    {
        TaskId = Guid.CreateVersion7(),
        StepId = Guid.CreateVersion7(),
        CorrelationId = Guid.CreateVersion7(),
        Template = _template,
        Definition = _definition,
        Name = _name,
        Attempts = _attempts,
        MaxAttempts = _definition.Retry.MaxAttempts,
        TaskContext = _input,
        Configuration = _configuration,
        Inputs = _stepInputs,
        Checkpoint = _checkpoint,
        PreviousFailure = _previousFailure,
        Dependencies = StepResults.From(_results.ToArray()),
        CancellationToken = cancellationToken,
    });
}
