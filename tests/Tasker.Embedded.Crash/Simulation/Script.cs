using System.Text;
using Tasker.Templates;

namespace Tasker.Embedded.Crash.Simulation;

/// <summary>What the attempts of one step of one task return. The same for the same seed, task and step, whenever it is asked.</summary>
internal sealed class Script
{
    /// <summary>The error type of a failure for good.</summary>
    public const string Broken = "broken";

    /// <summary>The message of a failure that another attempt may mend.</summary>
    public const string NotYet = "Not yet.";

    private readonly int _bits;

    /// <param name="seed">The seed of the run.</param>
    /// <param name="task">The task's number.</param>
    /// <param name="step">The step's name in the task.</param>
    /// <param name="endsSoon">Whether a failure for good comes at once, rather than when no attempt is left.</param>
    public Script(int seed, int task, string step, bool endsSoon = false)
    {
        var hash = 2166136261u;
        foreach (var value in Encoding.UTF8.GetBytes($"{seed}/{task}/{step}"))
            hash = (hash ^ value) * 16777619u;
        var random = new Random((int)hash);
        RetryableFailures = random.Next(4) == 0 ? random.Next(1, 3) : 0;
        FailsForGood = random.Next(14) == 0;
        AlwaysRetryable = random.Next(2) == 0 && !endsSoon;
        _bits = random.Next();
    }

    /// <summary>How many attempts fail before the one that decides.</summary>
    public int RetryableFailures { get; }

    /// <summary>Whether the step never succeeds, until somebody mends it.</summary>
    public bool FailsForGood { get; private set; }

    /// <summary>Whether its task was stale, and nobody has mended the step since.</summary>
    public bool IsGivenUp { get; set; }

    /// <summary>Whether it fails until no attempt is left, rather than once for good.</summary>
    public bool AlwaysRetryable { get; }

    /// <summary>The state that a person gave the step.</summary>
    public StepState? Resolved { get; private set; }

    /// <summary>Whether a batch gives its slot away once before it is done.</summary>
    public bool Yields => (_bits & 8) == 0;

    /// <summary>How many batches an analyzer plans; 0 is an empty plan.</summary>
    public int Batches => _bits % 5;

    /// <summary>Whether a decision takes the branch with that number.</summary>
    public bool Takes(int branch) => ((_bits >> (branch + 4)) & 1) == 1;

    /// <summary>What a decision returns.</summary>
    public Decision Decide(Workflow workflow, string decision)
    {
        var taken = workflow.ChoiceOf(decision).Branches.Where((_, index) => Takes(index)).Select(branch => new StepName(branch.Entry)).ToArray();
        return taken.Length == 0 ? Decision.Skip("none") : Decision.Route(taken);
    }

    /// <summary>What an analyzer returns.</summary>
    public BatchPlan Plan() => Batches == 0 ? BatchPlan.Empty("nothing") : BatchPlan.ForItems(Batches, 1);

    public void Mend() => FailsForGood = false;

    public void Resolve(StepState state)
    {
        FailsForGood = false;
        Resolved = state;
    }

    /// <summary>What an attempt returns.</summary>
    /// <param name="attempt">Its number, 1 for the first.</param>
    /// <returns>The failure, or <see langword="null"/> when it succeeds.</returns>
    public StepFailure? FailureOf(int attempt)
    {
        if (attempt <= RetryableFailures || (FailsForGood && AlwaysRetryable))
            return new StepFailure { Message = NotYet, ErrorType = "flaky", Retryable = true };
        return FailsForGood ? new StepFailure { Message = "Never.", ErrorType = Broken, Retryable = false } : null;
    }
}
