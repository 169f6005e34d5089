using System.Diagnostics.CodeAnalysis;
using Tasker.Postgres.Database;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;
using Tasker.Postgres.Templates;
using Tasker.Telemetry;

namespace Tasker.Postgres.Claims;

/// <summary>
/// Gathers the claims of all slots: as many steps are claimed at once as slots are free. Steps come from announced messages, and, as a safety net and for
/// messages that were sent before this worker listened, from the queues themselves. Nothing is claimed, and no message read, without a free slot.
/// </summary>
internal sealed class ClaimPump(
    IStepSource source,
    TemplateCache templates,
    MessageBuffer announced,
    RunningClaims running,
    QueueRepair queues,
    ClaimSettings settings,
    TimeProvider time,
    SafeLogger<ClaimPump> logger) : IMessageReceiver, IAsyncDisposable
{
    /// <summary>Most announced messages are taken by other workers, so a claim is tried for more of them than there are slots.</summary>
    private const int MessagesPerSlot = 4;

    private const int MaxMessages = 256;

    /// <summary>With fewer slots a claim for all of them at once is little cheaper a step, so none of them waits for more than half of the last ones.</summary>
    private const int WorthGatheringAll = 32;

    private static readonly TimeSpan FailureDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RaceDelay = TimeSpan.FromMilliseconds(5);

    /// <summary>How long a claim waits for the slots of the last one to become free again, when there is more to do than there are slots.</summary>
    private static readonly TimeSpan SlotsDelay = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly LinkedList<Waiter> _waiting = new();
    private readonly Queue<CoreStep> _resumed = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly LeftMessages _left = new(logger);
    private volatile bool _lookIntoQueues = true;
    private int _reserved;
    private int _wantedSlots = 1;
    private int _mostWaiting;
    private Task _loop = Task.CompletedTask;
    private ITimer? _timer;

    public void Start()
    {
        _timer = time.CreateTimer(static pump => ((ClaimPump)pump!).LookIntoQueues(), this, settings.PollInterval, settings.PollInterval);
        _loop = Task.Run(RunAsync);
    }

    /// <summary>A message was announced.</summary>
    public void Announce(StepMessage message)
    {
        announced.Add(message);
        Wake();
    }

    public bool Withdraw(StepMessage message) => announced.Remove(message);

    /// <summary>There may be something in the queues.</summary>
    public void LookIntoQueues()
    {
        _lookIntoQueues = true;
        Wake();
    }

    public async ValueTask<ClaimedStep> ClaimAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiter = new Waiter();
        lock (_gate)
        {
            if (_resumed.TryDequeue(out var resumed))
                return resumed;
            waiter.Node = _waiting.AddLast(waiter);
            _mostWaiting = Math.Max(_mostWaiting, _waiting.Count);
        }

        Wake();
        await using (cancellationToken.UnsafeRegister(state => GiveUp((Waiter)state!, cancellationToken), waiter).ConfigureAwait(false))
            return await waiter.Step.Task.ConfigureAwait(false);
    }

    /// <summary>Gives a step that gave its slot away to the next slot that is free.</summary>
    public void Resume(CoreStep step)
    {
        Waiter? waiter = null;
        lock (_gate)
        {
            if (_waiting.Count > _reserved)
            {
                waiter = _waiting.Last!.Value;
                _waiting.RemoveLast();
                waiter.Node = null;
            }
            else
            {
                _resumed.Enqueue(step);
            }
        }

        waiter?.Step.TrySetResult(step);
    }

    /// <summary>The steps that wait for a slot which no longer comes, one at a time.</summary>
    public bool TryTakeResumed([NotNullWhen(true)] out CoreStep? step)
    {
        lock (_gate)
            return _resumed.TryDequeue(out step);
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_timer is not null)
            await _timer.DisposeAsync().ConfigureAwait(false);
        _stop.Dispose();
        _wake.Dispose();
    }

    /// <summary>A slot that stops waits no longer, unless a claim for it is under way: what that brings must run.</summary>
    private void GiveUp(Waiter waiter, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (waiter.Node is null || _waiting.Count <= _reserved)
            {
                waiter.Cancelled = cancellationToken;
                return;
            }

            _waiting.Remove(waiter.Node);
            waiter.Node = null;
        }

        waiter.Step.TrySetCanceled(cancellationToken);
    }

    private async Task RunAsync()
    {
        var messages = new List<StepMessage>();
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var slots = Reserve();
                if (slots == 0 || (!_lookIntoQueues && announced.IsEmpty))
                {
                    Release();
                    await _wake.WaitAsync(_stop.Token).ConfigureAwait(false);
                    continue;
                }

                if (await ClaimOnceAsync(messages, slots).ConfigureAwait(false))
                    await GatherSlotsAsync(slots).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                break;
            }
            catch (Exception exception) when (SqlErrors.IsLostRace(exception))
            {
                // Nothing was claimed; what the others left is still in the queues.
                Release();
                _lookIntoQueues = true;
                await Task.Delay(RaceDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (Exception exception)
            {
                Release();
                _lookIntoQueues = true;
                Log.ClaimFailed(logger, FailureDelay, exception);
                if (SqlErrors.IsMissingTable(exception))
                    await RepairAsync().ConfigureAwait(false);
                await Task.Delay(FailureDelay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        Release();
    }

    /// <returns>Whether all slots were filled, so that there may be work for more.</returns>
    private async Task<bool> ClaimOnceAsync(List<StepMessage> messages, int slots)
    {
        ClaimBatch batch;
        messages.Clear();
        if (_lookIntoQueues)
        {
            _lookIntoQueues = false;
            batch = await source.PollAsync(slots, _stop.Token).ConfigureAwait(false);
            // As much as was asked for: there may be more.
            if (batch.Steps.Count + batch.Unclaimed.Count >= slots)
                _lookIntoQueues = true;
        }
        else
        {
            announced.TakeInto(messages, Math.Min(slots * MessagesPerSlot, MaxMessages));
            batch = await source.ClaimAsync(messages, slots, _stop.Token).ConfigureAwait(false);
        }

        HandOut(batch.Steps);
        var left = batch.Unclaimed;
        try
        {
            left = await SortOutAsync(batch.Unclaimed, batch.Steps.Count == slots).ConfigureAwait(false);
        }
        finally
        {
            await source.SettleAsync(batch, left, _stop.Token).ConfigureAwait(false);
        }

        return batch.Steps.Count == slots;
    }

    /// <summary>A claim costs the server as much as some twenty steps in it: short steps are not claimed by ones and twos as their slots become free.</summary>
    private async Task GatherSlotsAsync(int claimed)
    {
        lock (_gate)
        {
            var all = Math.Min(_mostWaiting, settings.MaxBatch);
            var wanted = all < WorthGatheringAll ? claimed / 2 : all;
            if (_waiting.Count >= wanted)
                return;
            _wantedSlots = wanted;
            _wake.Wait(0);
        }

        using var limit = new CancellationTokenSource(SlotsDelay, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stop.Token);
        await _wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (_gate)
            _wantedSlots = 1;
    }

    /// <summary>Steps that only lacked a slot are tried again; templates that have changed are read again; the rest is left in the queue, and said once.</summary>
    private async Task<List<UnclaimedMessage>> SortOutAsync(List<UnclaimedMessage> unclaimed, bool slotsRanOut)
    {
        var left = new List<UnclaimedMessage>();
        foreach (var template in unclaimed.Where(one => one.Problem is UnclaimedMessage.UnknownTemplate).GroupBy(one => one.TemplateId!.Value))
        {
            var stored = await templates.RefreshAsync(template.Key, _stop.Token).ConfigureAwait(false);
            foreach (var message in template)
            {
                if (stored is not null && stored.Runnable.ContainsKey(message.StepName!))
                    announced.Add(message.Message);
                else
                    Leave(message, stored is null ? "its template cannot be read" : $"step '{message.StepName}' of template {stored.Template} has no handler in this host");
            }
        }

        foreach (var message in unclaimed)
        {
            if (message.Problem is UnclaimedMessage.LookAgain || (message.Problem is null && slotsRanOut))
                announced.Add(message.Message);
            else if (message.Problem is not UnclaimedMessage.UnknownTemplate)
                Leave(message, message.Problem);
        }

        return left;

        void Leave(UnclaimedMessage message, string? problem)
        {
            left.Add(message);
            if (problem is not null)
                _left.Note(message.Message, problem);
        }
    }

    private async Task RepairAsync()
    {
        try
        {
            await queues.RunAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            Log.ClaimFailed(logger, FailureDelay, exception);
        }
    }

    private int Reserve()
    {
        lock (_gate)
            return _reserved = Math.Min(_waiting.Count, settings.MaxBatch);
    }

    private void Release() => HandOut([]);

    private void HandOut(List<CoreStep> steps)
    {
        lock (_gate)
        {
            _reserved = 0;
            foreach (var step in steps)
            {
                running.Add(step);
                var waiter = _waiting.First!.Value;
                _waiting.RemoveFirst();
                waiter.Node = null;
                waiter.Step.TrySetResult(step);
            }

            for (var node = _waiting.First; node is not null;)
            {
                var next = node.Next;
                if (node.Value.Cancelled is { } cancelled)
                {
                    _waiting.Remove(node);
                    node.Value.Node = null;
                    node.Value.Step.TrySetCanceled(cancelled);
                }

                node = next;
            }
        }
    }

    private void Wake()
    {
        lock (_gate)
        {
            if (_waiting.Count >= _wantedSlots && _wake.CurrentCount == 0)
                _wake.Release();
        }
    }

    private sealed class Waiter
    {
        public TaskCompletionSource<ClaimedStep> Step { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public LinkedListNode<Waiter>? Node { get; set; }

        /// <summary>Set when the slot gave up while a claim for it was under way.</summary>
        public CancellationToken? Cancelled { get; set; }
    }
}
