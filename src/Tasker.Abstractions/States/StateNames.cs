namespace Tasker;

/// <summary>The snake_case names of states, as tasker-core stores them (protocol sheet §9).</summary>
public static class StateNames
{
    private static readonly string[] TaskNames =
    [
        "pending", "initializing", "enqueuing_steps", "steps_in_process", "evaluating_results", "waiting_for_dependencies",
        "waiting_for_retry", "blocked_by_failures", "complete", "error", "cancelled", "resolved_manually",
    ];

    private static readonly string[] StepNames =
    [
        "pending", "enqueued", "in_progress", "enqueued_for_orchestration", "enqueued_as_error_for_orchestration",
        "waiting_for_retry", "error", "complete", "cancelled", "resolved_manually",
    ];

    /// <summary>The state's stored name.</summary>
    public static string ToName(this TaskState state) => TaskNames[(int)state];

    /// <summary>The state's stored name.</summary>
    public static string ToName(this StepState state) => StepNames[(int)state];

    /// <summary>The state with that stored name.</summary>
    /// <exception cref="FormatException">No task state has that name.</exception>
    public static TaskState ParseTaskState(string name) => (TaskState)IndexOf(TaskNames, name, "task");

    /// <summary>The state with that stored name.</summary>
    /// <exception cref="FormatException">No step state has that name.</exception>
    public static StepState ParseStepState(string name) => (StepState)IndexOf(StepNames, name, "step");

    /// <summary>
    /// Whether nothing more happens to a task in that state by itself: it is terminal, or <see cref="TaskState.BlockedByFailures"/> until somebody
    /// mends a failed step.
    /// </summary>
    public static bool IsSettled(this TaskState state) => state is TaskState.BlockedByFailures || state.IsTerminal();

    /// <summary>Whether a task in that state is finished.</summary>
    public static bool IsTerminal(this TaskState state) =>
        state is TaskState.Complete or TaskState.Error or TaskState.Cancelled or TaskState.ResolvedManually;

    /// <summary>Whether a step in that state never runs again. <see cref="StepState.Error"/> is not terminal: an operator can reset it.</summary>
    public static bool IsTerminal(this StepState state) =>
        state is StepState.Complete or StepState.Cancelled or StepState.ResolvedManually;

    /// <summary>Whether a dependency in that state lets its dependents run.</summary>
    public static bool SatisfiesDependents(this StepState state) => state is StepState.Complete or StepState.ResolvedManually;

    private static int IndexOf(string[] names, string name, string kind)
    {
        var index = Array.IndexOf(names, name);
        return index >= 0 ? index : throw new FormatException($"'{name}' is not the name of a {kind} state.");
    }
}
