namespace Tasker.Tests;

public sealed class StateNamesTests
{
    [Fact]
    public void Every_task_state_has_a_name_that_reads_back() =>
        Assert.All(Enum.GetValues<TaskState>(), state => Assert.Equal(state, StateNames.ParseTaskState(state.ToName())));

    [Fact]
    public void Every_step_state_has_a_name_that_reads_back() =>
        Assert.All(Enum.GetValues<StepState>(), state => Assert.Equal(state, StateNames.ParseStepState(state.ToName())));

    [Theory]
    [InlineData(StepState.EnqueuedAsErrorForOrchestration, "enqueued_as_error_for_orchestration")]
    [InlineData(StepState.InProgress, "in_progress")]
    public void Names_are_those_that_tasker_core_stores(StepState state, string name) => Assert.Equal(name, state.ToName());

    [Fact]
    public void An_unknown_name_is_refused() =>
        Assert.Contains("'done'", Assert.Throws<FormatException>(() => StateNames.ParseStepState("done")).Message, StringComparison.Ordinal);
}
