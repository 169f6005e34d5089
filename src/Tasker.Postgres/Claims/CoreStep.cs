namespace Tasker.Postgres.Claims;

/// <summary>A claimed step of tasker-core, with what its completion needs.</summary>
internal sealed class CoreStep : ClaimedStep, IDisposable
{
    private readonly CancellationTokenSource _cancellation;

    public CoreStep(CancellationTokenSource cancellation)
    {
        _cancellation = cancellation;
        CancellationToken = cancellation.Token;
    }

    /// <summary>The transition to <c>in_progress</c> that is this claim. Only while it is the step's latest does the outcome count.</summary>
    public required Guid ClaimId { get; init; }

    /// <summary>The claim no longer counts: the handler may stop.</summary>
    public void Cancel()
    {
        try
        {
            _cancellation.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has just finished.
        }
    }

    public void Dispose() => _cancellation.Dispose();
}
