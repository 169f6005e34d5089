using System.Globalization;
using Tasker.Embedded.Crash.Simulation;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Tests.Support;

namespace Tasker.Embedded.Tests;

/// <summary>
/// Random workflows on the real engine against a model, on one thread and with a clock of its own: the short form of
/// <c>dotnet run --project tests/Tasker.Embedded.Crash -- simulate --seed 1 --count 10000</c>. A seed that fails prints how to replay it.
/// </summary>
public sealed class SimulationTests : IDisposable
{
    /// <summary>Legal transitions that other tests lead to: a template without steps, a person's word about a task that goes on, and steps of every state resolved by hand.</summary>
    private static readonly string[] SeenElsewhere =
    [
        "task initializing complete",
        "task blocked_by_failures resolved_manually",
        "task steps_in_process resolved_manually",
        "task waiting_for_retry resolved_manually",
        "step enqueued_for_orchestration error",
        "step enqueued cancelled",
        "step pending complete",
        "step pending resolved_manually",
        "step enqueued complete",
        "step enqueued resolved_manually",
        "step in_progress complete",
        "step in_progress resolved_manually",
        "step waiting_for_retry complete",
        "step waiting_for_retry resolved_manually",
    ];

    /// <summary>
    /// Legal in tasker-core, and never needed here, as docs/embedded-engine.md says: the engine decides on a result in the moment it takes it, hands out
    /// steps without a message that can fail, always finds what to do next, and leaves it to people to give up.
    /// </summary>
    private static readonly string[] NotUsed =
    [
        "task initializing waiting_for_dependencies",
        "task evaluating_results waiting_for_dependencies",
        "task waiting_for_dependencies evaluating_results",
        "task waiting_for_dependencies error",
        "task waiting_for_dependencies cancelled",
        "task waiting_for_dependencies resolved_manually",
        "task blocked_by_failures error",
        "task pending cancelled",
        "task pending resolved_manually",
        "task initializing cancelled",
        "task initializing resolved_manually",
        "task enqueuing_steps cancelled",
        "task enqueuing_steps resolved_manually",
        "task evaluating_results cancelled",
        "task evaluating_results resolved_manually",
        "step pending waiting_for_retry",
        "step enqueued waiting_for_retry",
        "step enqueued_for_orchestration cancelled",
        "step enqueued_for_orchestration resolved_manually",
        "step enqueued_as_error_for_orchestration complete",
        "step enqueued_as_error_for_orchestration cancelled",
        "step enqueued_as_error_for_orchestration resolved_manually",
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Every_seed_ends_as_the_model_says_and_every_transition_is_legal()
    {
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 250; seed++)
            World.Run(seed, database: null, seen);

        // Whatever the tables allow is seen here, tested elsewhere, or known not to be used.
        var legal = LegalTransitions();
        Assert.Subset(legal, seen);
        Assert.Equal(legal.Order(StringComparer.Ordinal), seen.Union(SeenElsewhere).Union(NotUsed).Order(StringComparer.Ordinal));
        Assert.Empty(seen.Intersect(NotUsed));
    }

    [Fact]
    public void Every_seed_ends_as_the_model_says_when_tasks_are_kept_in_a_file()
    {
        for (var seed = 1; seed <= 20; seed++)
            World.Run(seed, _folder.PathOf(seed.ToString(CultureInfo.InvariantCulture) + ".db"), new HashSet<string>());
    }

    private static HashSet<string> LegalTransitions()
    {
        var legal = new HashSet<string>();
        foreach (var from in Enum.GetValues<TaskState>())
        {
            foreach (var happened in Enum.GetValues<TaskEvent>())
            {
                if (TaskTransitions.TryNext(from, happened, out var to))
                    legal.Add($"task {from.ToName()} {to.ToName()}");
            }
        }

        foreach (var from in Enum.GetValues<StepState>())
        {
            foreach (var happened in Enum.GetValues<StepEvent>())
            {
                if (StepTransitions.TryNext(from, happened, out var to))
                    legal.Add($"step {from.ToName()} {to.ToName()}");
            }
        }

        return legal;
    }
}
