using System.Threading.Channels;

namespace Tasker.Embedded.Tests.Support;

/// <summary>A handler that waits until it is let through, or stopped.</summary>
public sealed class Gate
{
    private readonly Channel<string> _entered = Channel.CreateUnbounded<string>();
    private readonly Channel<string> _stopped = Channel.CreateUnbounded<string>();
    private volatile bool _open;

    public async ValueTask RunAsync(StepContext context, StepOutcome outcome)
    {
        _entered.Writer.TryWrite(context.StepName);
        if (!_open)
        {
            try
            {
                await Task.Delay(Timeout.Infinite, context.CancellationToken);
            }
            finally
            {
                _stopped.Writer.TryWrite(context.StepName);
            }
        }

        await Flow.Ran(context, outcome);
    }

    /// <summary>Never lets anybody through.</summary>
    public async Task StayAsync(string name, CancellationToken cancellationToken)
    {
        _entered.Writer.TryWrite(name);
        await Task.Delay(Timeout.Infinite, cancellationToken);
    }

    public async Task<string> EnteredAsync() => await _entered.Reader.ReadAsync(EngineHost.Token);

    /// <summary>Tells of each handler that was stopped while it waited.</summary>
    public async Task<string> StoppedAsync() => await _stopped.Reader.ReadAsync(EngineHost.Token);

    public void Open() => _open = true;
}
