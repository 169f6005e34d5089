using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>What one run of a handler came to. Immutable.</summary>
public sealed class StepTestOutcome
{
    private readonly string _step;
    private readonly byte[] _result;

    internal StepTestOutcome(string step, StepOutcome? outcome, ImmutableArray<ReadOnlyMemory<byte>> checkpoints)
    {
        _step = step;
        Checkpoints = checkpoints;
        Kind = outcome?.Kind ?? StepOutcomeKind.Yield;
        _result = outcome is null ? [] : outcome.Result.ToArray();
        Decision = outcome?.Decision;
        BatchPlan = outcome?.BatchPlan;
        BatchResult = outcome?.BatchResult;
        Failure = outcome?.Failure;
    }

    /// <summary>The kind of outcome.</summary>
    public StepOutcomeKind Kind { get; }

    /// <summary>The decision, when the handler made one.</summary>
    public Decision? Decision { get; }

    /// <summary>The batch plan, when the handler made one.</summary>
    public BatchPlan? BatchPlan { get; }

    /// <summary>The counts of a batch, when the handler finished one.</summary>
    public BatchResult? BatchResult { get; }

    /// <summary>Why the attempt failed, or <see langword="null"/>.</summary>
    public StepFailure? Failure { get; }

    /// <summary>The checkpoints that the handler kept, the one it yielded with included, in order: UTF-8 JSON objects.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Checkpoints { get; }

    /// <summary>The result as JSON text: what other steps and the orchestrator read. Empty after a yield.</summary>
    public string ResultJson => Encoding.UTF8.GetString(_result);

    /// <summary>Expects success.</summary>
    /// <returns>The result as JSON.</returns>
    /// <exception cref="ExpectationException">The attempt failed or yielded.</exception>
    public JsonElement Succeeded() => JsonElement.Parse(Success());

    /// <summary>Expects success.</summary>
    /// <typeparam name="TResult">What the step's handler returns.</typeparam>
    /// <param name="step">The step, which knows how its result is read.</param>
    /// <returns>The result.</returns>
    /// <exception cref="ExpectationException">The attempt failed or yielded.</exception>
    public TResult Succeeded<TResult>(StepRef<TResult> step)
    {
        ArgumentNullException.ThrowIfNull(step);
        return step.Codec.FromResult(Success());
    }

    /// <summary>Expects a failure.</summary>
    /// <exception cref="ExpectationException">The attempt did not fail.</exception>
    public StepFailure Failed() =>
        Failure ?? throw new ExpectationException($"Step '{_step}' was expected to fail, but it {Describe()}.");

    /// <summary>Expects a decision.</summary>
    /// <returns>The names of the steps it chose; none when it skipped.</returns>
    /// <exception cref="ExpectationException">The handler decided nothing.</exception>
    public ImmutableArray<string> Routed() =>
        Decision is { } decision ? decision.Steps : throw new ExpectationException($"Step '{_step}' was expected to decide, but it {Describe()}.");

    /// <summary>Expects a batch plan.</summary>
    /// <exception cref="ExpectationException">The handler planned nothing.</exception>
    public BatchPlan Planned() =>
        BatchPlan ?? throw new ExpectationException($"Step '{_step}' was expected to plan batches, but it {Describe()}.");

    /// <summary>Expects a batch that gave its slot back.</summary>
    /// <returns>The checkpoint, for <see cref="StepTest.WithCheckpoint"/>.</returns>
    /// <exception cref="ExpectationException">The handler did not yield.</exception>
    public ReadOnlyMemory<byte> Yielded() => Kind is StepOutcomeKind.Yield
        ? Checkpoints[^1]
        : throw new ExpectationException($"Step '{_step}' was expected to yield, but it {Describe()}.");

    /// <summary>What happened, in a few words.</summary>
    public override string ToString() => $"Step '{_step}' {Describe()}.";

    private byte[] Success() => Failure is null && Kind is not StepOutcomeKind.Yield
        ? _result
        : throw new ExpectationException($"Step '{_step}' was expected to succeed, but it {Describe()}.");

    private string Describe() => Kind switch
    {
        StepOutcomeKind.Failure => $"failed with {Failure!.ErrorType}{(Failure.Retryable ? ", retryable" : "")}: {Failure.Message}",
        StepOutcomeKind.Yield => $"yielded with {Encoding.UTF8.GetString(Checkpoints[^1].Span)}",
        _ => $"returned {ResultJson}",
    };
}
