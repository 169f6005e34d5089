using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;
using System.Threading.Channels;
using Tasker.Events;
using Tasker.Templates;
using Tasker.Work;

namespace Tasker.Tests;

/// <summary>A work source of hand-made steps that records what the worker reports.</summary>
internal sealed class QueueWorkSource : IWorkSource
{
    private readonly Channel<ClaimedStep> _ready = Channel.CreateUnbounded<ClaimedStep>();
    private readonly ConcurrentDictionary<ClaimedStep, TaskCompletionSource<Report>> _reports = new();

    private readonly TaskCompletionSource _failed = new();
    private int _failuresLeft;
    private int _claims;

    /// <summary>Makes the next claims fail.</summary>
    public Task FailClaims(int count)
    {
        _failuresLeft = count;
        return _failed.Task;
    }

    /// <summary>The step that was added last.</summary>
    public ClaimedStep Last { get; private set; } = null!;

    /// <summary>Whether it was completed or handed back.</summary>
    public bool IsLastReported => _reports[Last].Task.IsCompleted;

    public ConcurrentQueue<string> Checkpoints { get; } = new();

    /// <summary>The events that came with outcomes.</summary>
    public ConcurrentQueue<DomainEvent> Kept { get; } = new();

    public bool KeepsEvents { get; set; }

    /// <summary>The number of the template step of every step.</summary>
    public int DefinitionNumber { get; set; } = -1;

    /// <summary>Whether the last step was completed in a trace.</summary>
    public bool Traced { get; private set; }

    public int Claims => Volatile.Read(ref _claims);

    /// <summary>The events that every step declares.</summary>
    public ImmutableArray<EventDeclaration> Events { get; set; } = [];

    public Task<Report> Run(string callable, string? method = null, TimeSpan? timeout = null, string inputs = "", int maxAttempts = 3) =>
        RunCancellable(callable, CancellationToken.None, method, timeout, inputs, maxAttempts);

    public Task<Report> RunCancellable(
        string callable,
        CancellationToken cancelled,
        string? method = null,
        TimeSpan? timeout = null,
        string inputs = "",
        int maxAttempts = 3)
    {
        var definition = new StepDefinition { Name = callable, Callable = callable, Method = method, Timeout = timeout, Events = Events };
        var step = new ClaimedStep
        {
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            Template = new TaskTemplate { Name = "t", Namespace = "n", Version = "1", Steps = [definition] },
            Definition = definition,
            DefinitionNumber = DefinitionNumber,
            Name = callable,
            MaxAttempts = maxAttempts,
            TaskContext = "{}"u8.ToArray(),
            Inputs = Encoding.UTF8.GetBytes(inputs),
            CancellationToken = cancelled,
        };
        Last = step;
        var report = _reports.GetOrAdd(step, static _ => new TaskCompletionSource<Report>(TaskCreationOptions.RunContinuationsAsynchronously));
        _ready.Writer.TryWrite(step);
        return report.Task.WaitAsync(TimeSpan.FromSeconds(30), CancellationToken.None);
    }

    public async ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken)
    {
        var step = await _ready.Reader.ReadAsync(cancellationToken);
        Interlocked.Increment(ref _claims);
        if (Interlocked.Decrement(ref _failuresLeft) >= 0)
        {
            _ready.Writer.TryWrite(step);
            _failed.TrySetResult();
            throw new IOException("The source is out of reach.");
        }

        return step;
    }

    public ValueTask CompleteAsync(ClaimedStep step, StepOutcome outcome, TimeSpan duration, ImmutableArray<DomainEvent> events)
    {
        Traced = Activity.Current is not null;
        foreach (var kept in events)
            Kept.Enqueue(kept);
        _reports[step].SetResult(new Report(outcome.Kind, Encoding.UTF8.GetString(outcome.Result.Span), outcome.Failure, Released: false));
        return ValueTask.CompletedTask;
    }

    public ValueTask ReleaseAsync(ClaimedStep step)
    {
        _reports[step].SetResult(new Report(StepOutcomeKind.None, "", null, Released: true));
        return ValueTask.CompletedTask;
    }

    public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken)
    {
        Checkpoints.Enqueue(Encoding.UTF8.GetString(checkpoint.Span));
        return ValueTask.CompletedTask;
    }

    internal sealed record Report(StepOutcomeKind Kind, string Result, StepFailure? Failure, bool Released);
}
