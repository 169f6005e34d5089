using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Threading.Channels;
using Tasker.Events;
using Tasker.Work;

namespace Tasker.Testing;

/// <summary>Hands the steps that tests build to the worker, and what it reports back to the tests.</summary>
internal sealed class SingleStepSource : IWorkSource
{
    private readonly Channel<ClaimedStep> _steps = Channel.CreateUnbounded<ClaimedStep>();
    private readonly ConcurrentDictionary<ClaimedStep, Run> _runs = new();

    public Task<StepTestOutcome> RunAsync(ClaimedStep step)
    {
        var run = _runs[step] = new Run();
        _steps.Writer.TryWrite(step);
        return run.Outcome.Task;
    }

    public ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken) => _steps.Reader.ReadAsync(cancellationToken);

    public ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events)
    {
        Finish(step, outcome.Checkpoint, outcome);
        return ValueTask.CompletedTask;
    }

    public ValueTask YieldAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint)
    {
        Finish(step, checkpoint, outcome: null);
        return ValueTask.CompletedTask;
    }

    public ValueTask ReleaseAsync(ClaimedStep step)
    {
        if (_runs.TryRemove(step, out var run))
            run.Outcome.TrySetException(new OperationCanceledException($"The host stopped while step '{step.Name}' ran."));
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        if (_runs.TryGetValue(step, out var run))
            run.Checkpoints.Enqueue(checkpoint.ToArray());
        return ValueTask.CompletedTask;
    }

    private void Finish(ClaimedStep step, ReadOnlyMemory<byte> yielded, StepOutcome? outcome)
    {
        if (!_runs.TryRemove(step, out var run))
            return;
        if (!yielded.IsEmpty)
            run.Checkpoints.Enqueue(yielded.ToArray());
        run.Outcome.TrySetResult(new StepTestOutcome(step.Name, outcome, [.. run.Checkpoints]));
    }

    private sealed class Run
    {
        public TaskCompletionSource<StepTestOutcome> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public ConcurrentQueue<ReadOnlyMemory<byte>> Checkpoints { get; } = new();
    }
}
