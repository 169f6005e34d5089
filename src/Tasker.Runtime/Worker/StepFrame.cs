namespace Tasker.Worker;

/// <summary>What one attempt needs and the next one can use again: its outcome and its context. Belongs to one worker slot.</summary>
internal sealed class StepFrame(ICheckpointSink checkpoints) : IDisposable
{
    private StepContext? _context;

    public StepOutcome Outcome { get; } = new();

    /// <summary>The context of the next attempt.</summary>
    public StepContext Enter(ClaimedStep step, IServiceProvider services, CancellationToken cancellationToken)
    {
        if (_context is null)
            return _context = new StepContext(step, services, checkpoints, cancellationToken);
        _context.Reset(step, services, cancellationToken);
        return _context;
    }

    public void Dispose() => Outcome.Dispose();
}
