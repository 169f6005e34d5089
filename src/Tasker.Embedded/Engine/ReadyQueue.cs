using System.Threading.Tasks.Sources;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Engine;

/// <summary>
/// Where the engine hands ready steps to worker slots: higher priority first; then steps of tasks that go on before the first ones of tasks that wait to
/// begin, so that what was begun gets done; then first come, first served. Safe to call from many threads at once.
/// </summary>
/// <param name="claimed">Told when a slot took a step that was not claimed for it in advance; see <see cref="TakeClaims"/>.</param>
internal sealed class ReadyQueue(Action claimed)
{
    internal const int MinPriority = -100;
    internal const int MaxPriority = 100;

    private readonly Lock _gate = new();
    private readonly Lanes?[] _byPriority = new Lanes?[MaxPriority - MinPriority + 1];
    private readonly Queue<SlotWaiter> _waiters = new();
    private List<EmbeddedStep> _claims = [];
    private int _highest = -1;
    private int _count;
    private int _freeSlots;
    private volatile bool _hasClaims;

    /// <summary>How many slots wait. It can only grow until the engine hands out steps, except when a worker stops.</summary>
    public int FreeSlots => Volatile.Read(ref _freeSlots);

    /// <summary>How many steps wait.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Whether there is anything for <see cref="TakeClaims"/>.</summary>
    public bool HasClaims => _hasClaims;

    /// <summary>Takes a step, or waits for one.</summary>
    public ValueTask<ClaimedStep> TakeAsync(CancellationToken cancellationToken)
    {
        EmbeddedStep attempt;
        bool isClaimed;
        lock (_gate)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!TryDequeue(out Entry step))
            {
                var waiter = new SlotWaiter(this, cancellationToken);
                _waiters.Enqueue(waiter);
                _freeSlots++;
                waiter.Register();
                return waiter.AsValueTask();
            }

            attempt = HandOut(step, out isClaimed);
        }

        if (isClaimed)
            claimed();
        return ValueTask.FromResult<ClaimedStep>(attempt);
    }

    /// <summary>Hands out steps that became ready.</summary>
    /// <param name="steps">The steps.</param>
    /// <param name="keepOne">The caller is a slot and comes for one itself.</param>
    public void Publish(List<StepRun> steps, bool keepOne)
    {
        lock (_gate)
        {
            keepOne &= _count == 0;
            foreach (var ready in steps)
            {
                var step = new Entry(ready, ready.Ticket);
                if (!step.IsWanted)
                    continue;
                if (keepOne || !TryDequeue(out SlotWaiter? waiter))
                {
                    Enqueue(step);
                    keepOne = false;
                }
                else
                {
                    waiter.Take(HandOut(step, out _));
                }
            }
        }
    }

    /// <summary>Takes the attempts that slots took since the last call and that were not claimed for them in advance.</summary>
    /// <param name="taken">An empty list to collect the next ones in; afterwards, the attempts.</param>
    public void TakeClaims(ref List<EmbeddedStep> taken)
    {
        if (!_hasClaims)
            return;
        lock (_gate)
        {
            (_claims, taken) = (taken, _claims);
            _hasClaims = false;
        }
    }

    /// <summary>Takes out all steps that were claimed in advance for slots that no longer want them.</summary>
    public List<StepRun> TakeBackClaimed()
    {
        var claimed = new List<StepRun>();
        lock (_gate)
        {
            while (TryDequeue(out Entry step))
            {
                if (step.Run.State is StepState.InProgress)
                    claimed.Add(step.Run);
            }
        }

        return claimed;
    }

    private EmbeddedStep HandOut(Entry entry, out bool isClaimed)
    {
        var step = entry.Run;
        isClaimed = step.State is not StepState.InProgress;
        if (!isClaimed)
            return new EmbeddedStep(step, step.Attempts, entry.Ticket);
        var attempt = new EmbeddedStep(step, step.Attempts + 1, entry.Ticket);
        _claims.Add(attempt);
        _hasClaims = true;
        return attempt;
    }

    private void Enqueue(Entry step)
    {
        var priority = step.Run.Run.Options.Priority - MinPriority;
        var lanes = _byPriority[priority] ??= new Lanes();
        (step.GoesOn ? lanes.GoOn : lanes.Begin).Enqueue(step);
        _highest = Math.Max(_highest, priority);
        _count++;
    }

    private bool TryDequeue(out Entry step)
    {
        for (; _highest >= 0; _highest--)
        {
            while (_byPriority[_highest] is { } lanes && (lanes.GoOn.TryDequeue(out step) || lanes.Begin.TryDequeue(out step)))
            {
                _count--;
                if (step.IsWanted)
                    return true;
            }
        }

        step = default;
        return false;
    }

    private bool TryDequeue([System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out SlotWaiter? waiter)
    {
        while (_waiters.TryDequeue(out waiter))
        {
            if (waiter.IsCancelled)
                continue;
            waiter.IsTaken = true;
            _freeSlots--;
            return true;
        }

        return false;
    }

    private bool TryCancel(SlotWaiter waiter)
    {
        lock (_gate)
        {
            if (waiter.IsTaken || waiter.IsCancelled)
                return false;
            waiter.IsCancelled = true;
            _freeSlots--;
            return true;
        }
    }

    /// <summary>A step that waits for a slot.</summary>
    /// <param name="Run">The step.</param>
    /// <param name="Ticket">For which time it waits: a step that a person resolved, or reset, meanwhile is not handed out for this one.</param>
    private readonly record struct Entry(StepRun Run, int Ticket)
    {
        public bool IsWanted => Run.Ticket == Ticket && Run.State is (StepState.Enqueued or StepState.InProgress);

        /// <summary>Whether the step follows one that is done. One that is tried again, or gives its slot away, waits with all others.</summary>
        public bool GoesOn => Ticket == 1 && Run.Parents.Length > 0;
    }

    /// <summary>The waiting steps of one priority.</summary>
    private sealed class Lanes
    {
        public Queue<Entry> GoOn { get; } = new();

        public Queue<Entry> Begin { get; } = new();
    }

    /// <summary>A slot that waits for a step.</summary>
    private sealed class SlotWaiter(ReadyQueue queue, CancellationToken cancellationToken) : IValueTaskSource<ClaimedStep>
    {
        private ManualResetValueTaskSourceCore<ClaimedStep> _core = new() { RunContinuationsAsynchronously = true };
        private CancellationTokenRegistration _registration;

        public bool IsTaken { get; set; }

        public bool IsCancelled { get; set; }

        public ValueTask<ClaimedStep> AsValueTask() => new(this, _core.Version);

        public void Register() => _registration = cancellationToken.UnsafeRegister(
            static state =>
            {
                var waiter = (SlotWaiter)state!;
                waiter.Cancel();
            },
            this);

        public void Take(ClaimedStep step)
        {
            _registration.Unregister();
            _core.SetResult(step);
        }

        public ClaimedStep GetResult(short token) => _core.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private void Cancel()
        {
            if (queue.TryCancel(this))
                _core.SetException(new OperationCanceledException(cancellationToken));
        }
    }
}
