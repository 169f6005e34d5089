using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Tests;

/// <summary>The tables of the protocol sheet §9, written out once more; every other pair is refused.</summary>
public sealed class TransitionTests
{
    private const string Steps =
        """
        pending Enqueue enqueued
        pending Fail error
        pending WaitForRetry waiting_for_retry
        enqueued Start in_progress
        enqueued Fail error
        enqueued WaitForRetry waiting_for_retry
        in_progress EnqueueForOrchestration enqueued_for_orchestration
        in_progress EnqueueAsErrorForOrchestration enqueued_as_error_for_orchestration
        in_progress WaitForRetry waiting_for_retry
        enqueued_for_orchestration Complete complete
        enqueued_for_orchestration Fail error
        enqueued_as_error_for_orchestration WaitForRetry waiting_for_retry
        enqueued_as_error_for_orchestration Fail error
        enqueued_as_error_for_orchestration Complete complete
        waiting_for_retry Retry pending
        error ResetForRetry pending
        """;

    private const string Tasks =
        """
        pending Start initializing
        initializing ReadyStepsFound enqueuing_steps
        initializing NoStepsFound complete
        initializing NoDependenciesReady waiting_for_dependencies
        enqueuing_steps StepsEnqueued steps_in_process
        steps_in_process StepCompleted evaluating_results
        steps_in_process StepFailed waiting_for_retry
        evaluating_results AllStepsSuccessful complete
        evaluating_results ReadyStepsFound enqueuing_steps
        evaluating_results NoDependenciesReady waiting_for_dependencies
        evaluating_results PermanentFailure blocked_by_failures
        waiting_for_dependencies DependenciesReady evaluating_results
        waiting_for_retry RetryReady enqueuing_steps
        blocked_by_failures GiveUp error
        blocked_by_failures StepResolved evaluating_results
        error StepResolved evaluating_results
        error ResolveManually resolved_manually
        steps_in_process Expire error
        waiting_for_dependencies Expire error
        waiting_for_retry Expire error
        """;

    [Fact]
    public void Steps_move_as_the_protocol_says_and_not_otherwise()
    {
        var legal = Parse(Steps);
        foreach (var from in Enum.GetValues<StepState>())
        {
            foreach (var happened in Enum.GetValues<StepEvent>())
            {
                var expected = from.IsTerminal() ? null
                    : happened switch
                    {
                        StepEvent.Cancel => "cancelled",
                        StepEvent.CompleteManually => "complete",
                        StepEvent.ResolveManually => "resolved_manually",
                        _ => legal.GetValueOrDefault((from.ToName(), happened.ToString())),
                    };
                var allowed = StepTransitions.TryNext(from, happened, out var next);
                Assert.Equal(expected, allowed ? next.ToName() : null);
                if (!allowed)
                    Assert.Throws<InvalidOperationException>(() => StepTransitions.Next(from, happened));
            }
        }
    }

    [Fact]
    public void Tasks_move_as_the_protocol_says_and_not_otherwise()
    {
        var legal = Parse(Tasks);
        foreach (var from in Enum.GetValues<TaskState>())
        {
            foreach (var happened in Enum.GetValues<TaskEvent>())
            {
                var expected = (from.IsTerminal(), happened) switch
                {
                    (false, TaskEvent.Cancel) => "cancelled",
                    (false, TaskEvent.ResolveManually) => "resolved_manually",
                    _ => legal.GetValueOrDefault((from.ToName(), happened.ToString())),
                };
                var allowed = TaskTransitions.TryNext(from, happened, out var next);
                Assert.Equal(expected, allowed ? next.ToName() : null);
                if (!allowed)
                    Assert.Throws<InvalidOperationException>(() => TaskTransitions.Next(from, happened));
            }
        }
    }

    private static Dictionary<(string From, string Event), string> Parse(string table) =>
        table.Split('\n').Select(line => line.Trim().Split(' ')).ToDictionary(parts => (parts[0], parts[1]), parts => parts[2]);
}
