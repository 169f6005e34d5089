using System.Runtime.CompilerServices;

namespace Tasker.Tests;

public sealed class ClaimedStepTests
{
    /// <summary>Whoever cancels a step does not wait for what its handler hung on the token, so that nobody would see it fail.</summary>
    [Fact]
    public async Task What_a_callback_throws_does_not_go_unobserved()
    {
        var unobserved = new List<Exception>();
        void Note(object? sender, UnobservedTaskExceptionEventArgs args)
        {
            lock (unobserved)
                unobserved.AddRange(args.Exception.Flatten().InnerExceptions.OfType<CallbackException>());
        }

        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            for (var i = 0; i < 20; i++)
            {
                await CancelAsync();
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        Assert.Empty(unobserved);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task CancelAsync()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var stop = new CancellationTokenSource();
        stop.Token.Register(() =>
        {
            called.SetResult();
            throw new CallbackException();
        });
        var step = TestSteps.Claimed();
        step.TryBegin(stop);
        step.Cancel();
        await called.Task;
    }

    private sealed class CallbackException : Exception;
}
