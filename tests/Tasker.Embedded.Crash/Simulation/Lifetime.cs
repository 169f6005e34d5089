using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>
/// When a task has to be stale, by what was seen of it from outside: its state after every action, and when its attempts ended. A task that was not looked at
/// for a while did what it did some time between then and now, so moments have two ends, and only what is certain is held against the engine.
/// </summary>
/// <param name="limits">Of its template.</param>
/// <param name="startedAt">When it was started.</param>
internal sealed class Lifetime(TaskLifecycle limits, DateTimeOffset startedAt)
{
    private DateTimeOffset _alive = startedAt;
    private Moment _progress = new(startedAt, startedAt);
    private Moment _waiting = new(startedAt, startedAt);
    private TaskState _state = TaskState.StepsInProcess;
    private DateTimeOffset _lookedAt = startedAt;
    private (int Fewest, int Most) _letters;
    private bool _isTold;
    private bool _mayBeTold;

    /// <summary>How often the task failed for being stale.</summary>
    public int Failures { get; private set; }

    /// <summary>Whether it has failed and nobody has let it go on.</summary>
    public bool HasFailed => _state is TaskState.Error;

    private bool HasLetters => limits.AutoDlqOnTimeout ?? limits.StalenessAction == "dlq";

    /// <summary>An attempt of one of its steps has ended.</summary>
    public void Progress(DateTimeOffset now) => _progress = new Moment(now, now);

    /// <summary>A process has ended, and another one goes on from what was stored.</summary>
    public void Restarted(DateTimeOffset now)
    {
        _progress = _progress with { Latest = now };
        _waiting = new Moment(_alive, now);
    }

    /// <summary>A person lets it go on.</summary>
    public void Mended(DateTimeOffset now)
    {
        _alive = now;
        _state = TaskState.StepsInProcess;
        _isTold = _mayBeTold = false;
        Progress(now);
    }

    /// <summary>Compares what there is with what must be.</summary>
    /// <param name="task">The task now.</param>
    /// <param name="letters">How many dead letters there are of it.</param>
    /// <param name="now">The time.</param>
    /// <param name="isGap">Whether it was not looked at after the last action.</param>
    /// <returns>What is wrong.</returns>
    public string? Look(TaskSnapshot task, int letters, DateTimeOffset now, bool isGap)
    {
        var before = _state;
        _state = task.State;
        var wrong = _state is not TaskState.Error ? LookAtLife(before, now, isGap)
            : before is TaskState.Error ? null
            : LookAtFailure(task, before, now, isGap);
        _lookedAt = now;
        return wrong ?? (letters >= _letters.Fewest && letters <= _letters.Most ? null : $"it has {letters} dead letters, not {_letters.Fewest} to {_letters.Most}: {this}");
    }

    public override string ToString() => $"{limits}, alive since {_alive}, in process since {_progress}, waiting since {_waiting}";

    private string? LookAtLife(TaskState before, DateTimeOffset now, bool isGap)
    {
        if (_state is TaskState.WaitingForRetry)
            _waiting = before is not TaskState.WaitingForRetry ? new Moment(isGap ? _lookedAt : now, now) : isGap ? _waiting with { Latest = now } : _waiting;
        else if (before is TaskState.WaitingForRetry || isGap)
            _progress = new Moment(isGap ? _progress.Earliest : now, now);
        if (limits.AutoFailOnTimeout != false)
            return !_state.IsSettled() && IsDue(_state, now, surely: true) ? $"it should have failed: {this}" : null;

        if (!_mayBeTold && (isGap || IsDue(_state, now, surely: false)))
        {
            _mayBeTold = true;
            _letters.Most += HasLetters ? 1 : 0;
        }

        if (!_isTold && !_state.IsSettled() && IsDue(_state, now, surely: true))
        {
            _isTold = true;
            _letters.Fewest += HasLetters ? 1 : 0;
        }

        return null;
    }

    private string? LookAtFailure(TaskSnapshot task, TaskState before, DateTimeOffset now, bool isGap)
    {
        Failures++;
        if (HasLetters)
            _letters = (_letters.Fewest + 1, _letters.Most + 1);
        if (limits.AutoFailOnTimeout == false)
            return "it failed, though its template keeps stale tasks going";
        if (!IsDue(before, now, surely: false) && !(isGap && (IsDue(TaskState.StepsInProcess, now, surely: false) || IsDue(TaskState.WaitingForRetry, now, surely: false))))
            return $"it failed too early, at {now}: {this}";
        if (task.Steps.FirstOrDefault(step => step.State is not (StepState.Pending or StepState.Error) && !step.State.IsTerminal()) is { } goesOn)
            return $"it failed, but step '{goesOn.Name}' goes on";
        return task.Steps.Any(step => step is { State: StepState.Error, Failure.ErrorType: TaskRun.Stale }) ? null : "it failed without a step that did";
    }

    private bool IsDue(TaskState state, DateTimeOffset now, bool surely)
    {
        return now - _alive >= limits.MaxDuration
            || (state is TaskState.WaitingForRetry ? IsOver(_waiting, limits.MaxWaitingForRetry) : IsOver(_progress, limits.MaxStepsInProcess));

        bool IsOver(Moment since, TimeSpan? limit) => now - (surely ? since.Latest : since.Earliest) >= limit;
    }

    private readonly record struct Moment(DateTimeOffset Earliest, DateTimeOffset Latest);
}
