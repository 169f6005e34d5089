using System.Collections.Immutable;
using Tasker.Client;

namespace Tasker.Embedded.Orchestration;

/// <summary>
/// Writes out every transition of a task and its steps (protocol sheet §9). What the journals do not hold follows from the states: a step was
/// enqueued when the last of its dependencies was done, and states that the engine passes through at once have the time of the next one.
/// </summary>
internal sealed class HistoryBuilder
{
    private readonly TaskRecord _record;
    private readonly List<HistoryEntry> _entries = [];

    private HistoryBuilder(TaskRecord record) => _record = record;

    public static TaskHistory Build(TaskRecord record)
    {
        var builder = new HistoryBuilder(record);
        builder.AddTask();
        for (var i = 0; i < record.Task.Steps.Length; i++)
            builder.AddStep(record.Task.Steps[i], record.Steps[i]);
        return new TaskHistory
        {
            TaskId = record.Task.TaskId,
            Entries = [.. builder._entries.Select((entry, order) => (entry, order)).OrderBy(item => item.entry.At).ThenBy(item => item.order).Select(item => item.entry)],
        };
    }

    private void AddTask()
    {
        var task = _record.Task;
        var line = new Line(this, step: null, task.CreatedAt, "pending");
        if (_record.Journal.IsEmpty || _record.Journal[0].From != "complete")
        {
            line.Through(task.CreatedAt, "initializing");
            if (task.Steps.IsEmpty)
            {
                line.To(task.CreatedAt, "complete");
                return;
            }

            line.Through(task.CreatedAt, "enqueuing_steps", "steps_in_process");
        }

        foreach (var entry in _record.Journal)
        {
            line.Through(entry.At, Between(entry.From, entry.To));
            line.To(entry.At, entry.To, reason: entry.Reason, by: entry.By);
        }

        if (task.State is TaskState.Complete)
        {
            var done = task.CompletedAt ?? task.CreatedAt;
            line.Through(done, Between(line.State, "complete"));
            line.To(done, "complete");
        }
    }

    /// <summary>The states that a task passes through at once.</summary>
    private static string[] Between(string from, string to) => (from, to) switch
    {
        ("steps_in_process", "complete" or "blocked_by_failures" or "waiting_for_dependencies") => ["evaluating_results"],
        ("waiting_for_retry", "steps_in_process") => ["enqueuing_steps"],
        ("waiting_for_retry", "complete" or "blocked_by_failures") => ["enqueuing_steps", "steps_in_process", "evaluating_results"],
        ("blocked_by_failures" or "error", "steps_in_process") => ["evaluating_results", "enqueuing_steps"],
        ("blocked_by_failures" or "error", "complete" or "blocked_by_failures") => ["evaluating_results"],
        _ => [],
    };

    private void AddStep(StepSnapshot step, ImmutableArray<JournalEntry> journal)
    {
        var ready = ReadyAt(step);
        var line = new Line(this, step.Name, Min(ready, journal.IsEmpty ? null : journal[0].StartedAt ?? journal[0].At), "pending");
        foreach (var entry in journal)
        {
            if (entry.Attempt is { } attempt)
            {
                Start(line, entry.StartedAt ?? Max(ready, line.At), attempt);
                if (entry.From != line.State)
                    line.Through(entry.At, entry.From);
            }
            else if (entry.From != line.State)
            {
                line.Through(Max(ready, line.At), Toward(line.State, entry.From));
            }

            line.To(entry.At, entry.To, entry.Attempt, entry.Reason, entry.By);
        }

        var known = step.State.ToName();
        if (known == line.State)
            return;
        switch (step.State)
        {
            case StepState.Enqueued:
                line.Through(Max(ready, line.At), Toward(line.State, "enqueued"));
                break;
            case StepState.InProgress:
                Start(line, step.StartedAt ?? Max(ready, line.At), step.Attempts);
                break;
            case StepState.Complete:
                Start(line, step.StartedAt ?? Max(ready, line.At), step.Attempts);
                line.Through(step.CompletedAt ?? line.At, "enqueued_for_orchestration");
                line.To(step.CompletedAt ?? line.At, "complete", step.Attempts);
                break;
            case StepState.Cancelled:
                if (step.StartedAt is { } started && started >= line.At && step.Attempts > 0)
                    Start(line, started, step.Attempts);
                line.To(step.CompletedAt ?? line.At, "cancelled");
                break;
            default:
                line.To(line.At, known);
                break;
        }
    }

    private static void Start(Line line, DateTimeOffset at, int attempt)
    {
        line.Through(at, Toward(line.State, "enqueued"));
        line.To(at, "in_progress", attempt);
    }

    /// <summary>The way to being enqueued, or to another state on it.</summary>
    private static string[] Toward(string from, string to) => (from, to) switch
    {
        ("waiting_for_retry", "enqueued") => ["pending", "enqueued"],
        ("waiting_for_retry", "pending") => ["pending"],
        ("pending", "enqueued") => ["enqueued"],
        _ => [],
    };

    /// <summary>When the last of its dependencies was done.</summary>
    private DateTimeOffset ReadyAt(StepSnapshot step)
    {
        var ready = _record.Task.CreatedAt;
        foreach (var name in step.Dependencies)
        {
            if (_record.Task.FindStep(name)?.CompletedAt is { } done && done > ready)
                ready = done;
        }

        return ready;
    }

    private static DateTimeOffset Min(DateTimeOffset one, DateTimeOffset? other) => other < one ? other.Value : one;

    private static DateTimeOffset Max(DateTimeOffset one, DateTimeOffset other) => other > one ? other : one;

    /// <summary>The transitions of the task or of one step, one after the other.</summary>
    private sealed class Line
    {
        private readonly HistoryBuilder _builder;
        private readonly string? _step;

        public Line(HistoryBuilder builder, string? step, DateTimeOffset at, string state)
        {
            (_builder, _step, At, State) = (builder, step, at, state);
            _builder._entries.Add(new HistoryEntry { At = at, Step = step, To = state });
        }

        public DateTimeOffset At { get; private set; }

        public string State { get; private set; }

        public void Through(DateTimeOffset at, params ReadOnlySpan<string> states)
        {
            foreach (var state in states)
                To(at, state);
        }

        public void To(DateTimeOffset at, string state, int? attempt = null, string? reason = null, string? by = null)
        {
            // Two clocks may tell of one moment: nothing happened before what led to it.
            at = Max(At, at);
            _builder._entries.Add(new HistoryEntry { At = at, Step = _step, From = State, To = state, Attempt = attempt, Reason = reason, By = by });
            (At, State) = (at, state);
        }
    }
}
