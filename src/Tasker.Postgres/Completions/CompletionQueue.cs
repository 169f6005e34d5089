using System.Threading.Channels;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Database;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Stores outcomes, as many at once as have gathered while the last ones were stored. An outcome is kept until it is stored: a database that is away for a
/// while costs time, not results.
/// </summary>
internal sealed class CompletionQueue(
    CompletionStatement statement,
    RunningClaims running,
    QueueRepair queues,
    TimeProvider time,
    SafeLogger<CompletionQueue> logger) : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int MaxBatchBytes = 4 * 1024 * 1024;

    /// <summary>So many batches are stored at once, so that one is made ready while the disk writes the other.</summary>
    private const int Writers = 2;

    /// <summary>
    /// With fewer outcomes a second batch is not begun beside the first: a statement costs the server as much as some ten outcomes in it, and while the first
    /// is stored more gather.
    /// </summary>
    private const int WorthAnother = MaxBatch / 2;

    /// <summary>So many outcomes wait at most; then the slots wait.</summary>
    private const int Capacity = 1024;

    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly Channel<PendingOutcome> _pending = Channel.CreateBounded<PendingOutcome>(new BoundedChannelOptions(Capacity) { SingleReader = true });
    private readonly CancellationTokenSource _giveUp = new();
    private int _lost;
    private Task _loop = Task.CompletedTask;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Takes on an outcome, at once unless too many wait.</summary>
    /// <exception cref="OperationCanceledException">There was no room until <paramref name="cancellationToken"/> was set.</exception>
    public ValueTask AddAsync(PendingOutcome outcome, CancellationToken cancellationToken = default) =>
        _pending.Writer.TryWrite(outcome) ? ValueTask.CompletedTask : _pending.Writer.WriteAsync(outcome, cancellationToken);

    /// <summary>Stores what is left; what cannot be stored within the limit is lost here, and found by the recovery of claims.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        _pending.Writer.TryComplete();
        try
        {
            await _loop.WaitAsync(limit, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _giveUp.CancelAsync().ConfigureAwait(false);
            await _loop.ConfigureAwait(false);
            var lost = Volatile.Read(ref _lost) + _pending.Reader.Count;
            if (lost > 0)
                Log.OutcomesLost(logger, lost);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _giveUp.Dispose();
    }

    private async Task RunAsync()
    {
        var storing = new List<Task>(Writers);
        var held = default(PendingOutcome);
        try
        {
            while (held is not null || await _pending.Reader.WaitToReadAsync(_giveUp.Token).ConfigureAwait(false))
            {
                while (storing.Count == Writers || (storing.Count > 0 && _pending.Reader.Count < WorthAnother))
                    storing.Remove(await Task.WhenAny(storing).ConfigureAwait(false));
                storing.Add(StoreOrLoseAsync(Gather(ref held)));
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // What still waits is counted by the one who gave up.
        }

        await Task.WhenAll(storing).ConfigureAwait(false);
    }

    /// <summary>A large result travels with few others; the one that would make the batch too large is held for the next.</summary>
    private List<PendingOutcome> Gather(ref PendingOutcome? held)
    {
        var batch = new List<PendingOutcome>();
        var bytes = 0;
        if (held is not null)
        {
            batch.Add(held);
            bytes = held.Size;
            held = null;
        }

        while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var next))
        {
            if (batch.Count > 0 && bytes + next.Size > MaxBatchBytes)
            {
                held = next;
                break;
            }

            batch.Add(next);
            bytes += next.Size;
        }

        return batch;
    }

    private async Task StoreOrLoseAsync(List<PendingOutcome> batch)
    {
        try
        {
            await StoreAsync(batch).ConfigureAwait(false);
        }
        catch (Exception) when (_giveUp.IsCancellationRequested)
        {
            // Cancelled, or broken at that moment.
            Interlocked.Add(ref _lost, batch.Count);
        }
    }

    private async Task StoreAsync(List<PendingOutcome> batch)
    {
        for (var delay = ShortestDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                var stored = await statement.RunAsync(batch, _giveUp.Token).ConfigureAwait(false);
                foreach (var outcome in batch)
                {
                    running.Remove(outcome.ClaimId);
                    if (!stored.Contains(outcome.ClaimId))
                        Log.OutcomeDiscarded(logger, outcome.StepName, outcome.TaskId);
                }

                return;
            }
            catch (Exception exception) when (SqlErrors.IsAboutTheData(exception))
            {
                await StoreApartAsync(batch, exception).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (!_giveUp.IsCancellationRequested)
            {
                Log.CompletionFailed(logger, batch.Count, delay, exception);
                if (SqlErrors.IsMissingTable(exception))
                    await RepairAsync(delay).ConfigureAwait(false);
                await Task.Delay(delay, time, _giveUp.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task RepairAsync(TimeSpan delay)
    {
        try
        {
            await queues.RunAsync(_giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_giveUp.IsCancellationRequested)
        {
            Log.CompletionFailed(logger, 0, delay, exception);
        }
    }

    /// <summary>One result that the database refuses must not keep the others from being stored.</summary>
    private async Task StoreApartAsync(List<PendingOutcome> batch, Exception exception)
    {
        if (batch is [{ Events.Count: > 0 } outcome])
        {
            // What cannot be stored may be an event, which must not fail its step.
            await StoreAsync([outcome with { Events = [] }]).ConfigureAwait(false);
            Log.EventsRefused(logger, string.Join(", ", outcome.Events.Select(one => one.Name)), outcome.StepName, outcome.TaskId, exception.Message);
            return;
        }

        if (batch is [{ IsLastResort: false } refused])
        {
            Log.ResultRefused(logger, refused.StepName, refused.TaskId, exception.Message);
            await StoreAsync([refused.Storable(exception.Message, time.GetUtcNow())]).ConfigureAwait(false);
            return;
        }

        if (batch is [var hopeless])
        {
            // It is not the result that is refused but the row that it belongs to. Its claim is open for recovery, which reports the attempt when the row is mended.
            running.Remove(hopeless.ClaimId);
            Log.OutcomeRefused(logger, hopeless.StepName, hopeless.TaskId, exception.Message);
            return;
        }

        foreach (var one in batch)
            await StoreAsync([one]).ConfigureAwait(false);
    }
}
