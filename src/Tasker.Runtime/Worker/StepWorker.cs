using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Tasker.Events;
using Tasker.Telemetry;
using Tasker.Work;

namespace Tasker.Worker;

/// <summary>
/// The worker: <see cref="WorkerOptions.MaxConcurrency"/> slots, each a straight line of claim, run, complete. A slot claims only when
/// it is free, so nothing is claimed that does not run at once.
/// </summary>
internal sealed class StepWorker(
    IWorkSource source,
    StepRunner runner,
    IOptions<WorkerOptions> options,
    TimeProvider time,
    TaskerMetrics metrics,
    EventDispatcher events,
    SafeLogger<StepWorker> logger) : IHostedService, IDisposable
{
    private static readonly TimeSpan SourceRetryDelay = TimeSpan.FromSeconds(1);

    private readonly WorkerOptions _options = options.Value;
    private readonly CancellationTokenSource _stopClaiming = new();
    private readonly CancellationTokenSource _stopHandlers = new();
    private Slot[] _slots = [];
    private Task _allEnded = Task.CompletedTask;

    /// <summary>Whether the host is gone, and with it its log, the source and whoever would have to be told.</summary>
    private volatile bool _isGone;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        var slots = new Slot[_options.MaxConcurrency];
        for (var i = 0; i < slots.Length; i++)
            slots[i] = new Slot(new StepFrame(source), _stopHandlers.Token);
        _slots = slots;
        var stop = _stopClaiming.Token;
        _allEnded = Task.WhenAll(Array.ConvertAll(slots, slot => Task.Run(() => RunSlotAsync(slot, stop), CancellationToken.None)));
        Log.WorkerStarted(logger, slots.Length);
        return Task.CompletedTask;
    }

    /// <summary>Stops claiming, lets handlers finish, then cancels them; what is still unfinished is handed back.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopClaiming.CancelAsync().ConfigureAwait(false);
        if (CountRunning() is > 0 and var running)
            Log.WorkerStopping(logger, running, _options.ShutdownGrace);
        try
        {
            await _allEnded.WaitAsync(_options.ShutdownGrace, time, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            if (CountRunning() is > 0 and var unfinished)
                Log.StepsUnfinished(logger, unfinished);
            await _stopHandlers.CancelAsync().ConfigureAwait(false);
            await WaitForCancelledAsync().ConfigureAwait(false);
        }

        Log.WorkerStopped(logger);
    }

    /// <summary>
    /// A handler that does not stop when it is told to must not keep the process from ending: its step is run again, as after a crash. One with a deadline is let go of after the grace,
    /// and needs a moment more to be handed back.
    /// </summary>
    private async Task WaitForCancelledAsync()
    {
        try
        {
            await _allEnded.WaitAsync(2 * _options.CancellationGrace, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.StepsLeft(logger, CountRunning());
        }
    }

    /// <summary>What was left behind ends in silence: its steps are run again, as after a crash.</summary>
    public void Dispose()
    {
        if (_isGone)
            return;
        _isGone = true;
        _stopClaiming.Cancel();
        _stopClaiming.Dispose();
        _stopHandlers.Dispose();
    }

    private int CountRunning() => _slots.Count(static slot => slot.IsRunning);

    private async Task RunSlotAsync(Slot slot, CancellationToken stop)
    {
        using var _ = slot;
        while (!stop.IsCancellationRequested)
        {
            try
            {
                var step = await source.ClaimAsync(stop).ConfigureAwait(false);
                slot.IsRunning = true;
                try
                {
                    await RunStepAsync(step, slot).ConfigureAwait(false);
                }
                finally
                {
                    slot.IsRunning = false;
                }
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                // The worker stops; nothing is claimed.
            }
            catch (Exception) when (_isGone)
            {
                // The source failed because it is gone as well.
            }
            catch (Exception exception)
            {
                // The work source failed, not the handler. It may recover, so the slot stays.
                Log.SourceFailed(logger, SourceRetryDelay, exception);
                await Task.Delay(SourceRetryDelay, time, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask RunStepAsync(ClaimedStep step, Slot slot)
    {
        var outcome = slot.Frame.Outcome;
        outcome.Reset();
        var started = time.GetTimestamp();
        using var trace = StepTrace.Begin(step);
        using var scope = StepLogScope.Begin(logger, step);

        var timeout = Bounded(step.Definition.Timeout ?? _options.DefaultTimeout);
        var ending = Ending.Cancelled;
        if (step.TryBegin(slot.Stop))
        {
            ending = timeout is null && !step.CancellationToken.CanBeCanceled
                ? await RunUntilStoppedAsync(step, slot).ConfigureAwait(false)
                : await RunWithDeadlineAsync(step, slot, timeout).ConfigureAwait(false);
            if (!step.TryEnd())
                slot.RenewStop();
        }

        if (_isGone)
            return;
        if (ending is Ending.Stopped)
        {
            Log.StepReleased(logger, step.Name, step.TaskId);
            await source.ReleaseAsync(step).ConfigureAwait(false);
            return;
        }

        outcome = slot.Frame.Outcome;
        if (ending is Ending.TimedOut)
            outcome.SetFailure(ErrorClassifier.TimedOut(timeout!.Value));
        else if (ending is Ending.Cancelled)
            outcome.SetFailure(new StepFailure { Message = "The task was cancelled.", ErrorType = "cancelled", Retryable = false });

        var duration = time.GetElapsedTime(started);
        if (outcome.Kind is StepOutcomeKind.Yield)
        {
            metrics.StepFinished(step, outcome, duration);
            await source.YieldAsync(step, outcome.Checkpoint).ConfigureAwait(false);
            return;
        }

        if (outcome.Failure is { } failure)
            Log.StepFailed(logger, step.Name, step.TaskId, step.Attempts + 1, step.MaxAttempts, failure.ErrorType, failure.Message);
        trace.Tell(outcome);
        metrics.StepFinished(step, outcome, duration);
        var announced = step.Definition.Events.IsEmpty || ending is Ending.Cancelled ? AttemptEvents.None : events.Gather(step, outcome, duration);
        await source.CompleteAsync(step, outcome, duration, announced.Durable).ConfigureAwait(false);
        events.Publish(announced);
    }

    /// <summary>A template may say any time; one that no timer takes must not keep its step from ending.</summary>
    private static TimeSpan? Bounded(TimeSpan? timeout) =>
        timeout is not { } limit || limit == Timeout.InfiniteTimeSpan ? null
        : limit < TimeSpan.Zero ? TimeSpan.Zero
        : TimerLimit.Bound(limit);

    /// <summary>The hot path: no deadline, so the slot's own token does.</summary>
    private async ValueTask<Ending> RunUntilStoppedAsync(ClaimedStep step, Slot slot)
    {
        var stop = slot.Stop.Token;
        try
        {
            await runner.RunAsync(step, slot.Frame, stop).ConfigureAwait(false);
            return Ending.Finished;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return _stopHandlers.IsCancellationRequested ? Ending.Stopped : Ending.Cancelled;
        }
    }

    private async ValueTask<Ending> RunWithDeadlineAsync(ClaimedStep step, Slot slot, TimeSpan? timeout)
    {
        var stop = new CancellationTokenSource();
        using var bySource = step.CancellationToken.UnsafeRegister(StopSignal.Send, stop);
        using var byWorker = slot.Stop.Token.UnsafeRegister(StopSignal.Send, stop);
        using var deadline = timeout is { } limit ? time.CreateTimer(StopSignal.Send, stop, limit, Timeout.InfiniteTimeSpan) : null;
        var run = RunToEndAsync(step, slot.Frame, stop.Token);
        try
        {
            await run.WaitAsync(stop.Token).ConfigureAwait(false);
            return Ending.Finished;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            var ending = _stopHandlers.IsCancellationRequested ? Ending.Stopped
                : step.IsCancelled || step.CancellationToken.IsCancellationRequested ? Ending.Cancelled
                : Ending.TimedOut;
            await LetGoAsync(run, slot, step).ConfigureAwait(false);
            return ending;
        }
    }

    /// <summary>Whatever the attempt throws is in the task, also when the handler throws before its first await.</summary>
    private async Task RunToEndAsync(ClaimedStep step, StepFrame frame, CancellationToken cancellationToken) =>
        await runner.RunAsync(step, frame, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits a little for a handler that was told to stop; one that does not keeps the frame it may still use.</summary>
    private async ValueTask LetGoAsync(Task run, Slot slot, ClaimedStep step)
    {
        try
        {
            await run.WaitAsync(_options.CancellationGrace, time).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // It obeyed.
        }
        catch (TimeoutException)
        {
            Log.HandlerAbandoned(logger, step.Name, step.TaskId);
            _ = run.ContinueWith(static abandoned => _ = abandoned.Exception, TaskScheduler.Default);
            slot.Frame = new StepFrame(source);
        }
    }

    private enum Ending
    {
        Finished,
        TimedOut,
        Cancelled,
        Stopped,
    }

    private sealed class Slot : IDisposable
    {
        private readonly CancellationToken _worker;
        private CancellationTokenRegistration _registration;

        public Slot(StepFrame frame, CancellationToken worker)
        {
            Frame = frame;
            _worker = worker;
            RenewStop();
        }

        public StepFrame Frame { get; set; }

        /// <summary>Whether a step is between its claim and its completion here.</summary>
        public bool IsRunning { get; set; }

        /// <summary>Stops the running handler: when the worker stops, or when its step is cancelled. The same for many steps.</summary>
        public CancellationTokenSource Stop { get; private set; } = new();

        /// <summary>The one before is not disposed: whoever cancels a step may be about to set it.</summary>
        public void RenewStop()
        {
            _registration.Unregister();
            Stop = new CancellationTokenSource();
            _registration = _worker.UnsafeRegister(StopSignal.Send, Stop);
        }

        public void Dispose()
        {
            _registration.Dispose();
            Frame.Dispose();
        }
    }
}
