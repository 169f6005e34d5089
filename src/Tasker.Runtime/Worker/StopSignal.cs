namespace Tasker.Worker;

/// <summary>
/// Tells a handler to stop. What it hung on its token may throw, and must fail neither a timer, which would end the process, nor a work source or a host.
/// </summary>
internal static class StopSignal
{
    /// <param name="stop">The handler's <see cref="CancellationTokenSource"/>. It must never be disposed of: somebody may be about to set it.</param>
    public static void Send(object? stop)
    {
        try
        {
            ((CancellationTokenSource)stop!).Cancel();
        }
        catch (AggregateException)
        {
            // All callbacks were called, and the handler no longer counts.
        }
    }
}
