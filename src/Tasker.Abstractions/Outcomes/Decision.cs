using System.Collections.Immutable;
using Tasker.Templates;

namespace Tasker;

/// <summary>What a <see cref="DecisionAttribute"/> handler returns: the steps to create next, or none. Immutable.</summary>
public class Decision
{
    /// <summary>The most steps one decision may name (protocol sheet §8.4).</summary>
    public const int MaxSteps = 100;

    private protected Decision(ImmutableArray<string> steps, string? reason)
    {
        Steps = steps;
        Reason = reason;
    }

    /// <summary>The names of the steps to create; empty when no branch is taken.</summary>
    public ImmutableArray<string> Steps { get; }

    /// <summary>Why no branch is taken.</summary>
    public string? Reason { get; }

    /// <summary>Takes the branches that begin with these steps.</summary>
    /// <param name="steps">1 to 100 distinct step names of the template.</param>
    /// <exception cref="PermanentException">No name, an empty name, a name twice, or more than 100 names.</exception>
    public static Decision Route(params ReadOnlySpan<StepName> steps)
    {
        if (steps.IsEmpty)
            throw Invalid("A decision must name at least one step; use Decision.Skip(reason) to take no branch.");
        if (steps.Length > MaxSteps)
            throw Invalid($"A decision may name at most {MaxSteps} steps; this one names {steps.Length}.");

        var names = ImmutableArray.CreateBuilder<string>(steps.Length);
        foreach (var step in steps)
        {
            if (string.IsNullOrEmpty(step.Value))
                throw Invalid("A decision named a step with an empty name.");
            if (names.Contains(step.Value))
                throw Invalid($"A decision named the step '{step.Value}' twice.");
            names.Add(step.Value);
        }

        return new Decision(names.MoveToImmutable(), reason: null);
    }

    /// <summary>Takes no branch.</summary>
    /// <param name="reason">Why; stored with the step's result.</param>
    public static Decision Skip(string reason) => new([], reason);

    /// <summary>Stores <paramref name="result"/> with the decision, so that later steps can read its members.</summary>
    /// <typeparam name="TResult">An object type; its members become members of the step's result.</typeparam>
    public Decision<TResult> With<TResult>(TResult result) => new(Steps, Reason, result);

    private static PermanentException Invalid(string message) => new(message) { ErrorCode = "INVALID_DECISION_OUTCOME" };
}

/// <summary>A decision with a result that later steps can read.</summary>
/// <typeparam name="TResult">An object type; its members become members of the step's result.</typeparam>
public sealed class Decision<TResult> : Decision
{
    internal Decision(ImmutableArray<string> steps, string? reason, TResult result)
        : base(steps, reason) => Result = result;

    /// <summary>What later steps can read.</summary>
    public TResult Result { get; }
}
