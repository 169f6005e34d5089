using Tasker.Json;

namespace Tasker.Client;

/// <summary>What a person does with a step (protocol sheet §9.2, §10.4). Create one with a static method.</summary>
public sealed class StepResolution
{
    private StepResolution(StepResolutionKind kind, string reason, string by, ReadOnlyMemory<byte> result = default)
    {
        Kind = kind;
        Reason = reason;
        By = by;
        Result = result;
    }

    /// <summary>What is done with the step.</summary>
    public StepResolutionKind Kind { get; }

    /// <summary>Why, 1 to 500 characters.</summary>
    public string Reason { get; }

    /// <summary>Who says so, 1 to 128 characters.</summary>
    public string By { get; }

    /// <summary>The step's result, a UTF-8 JSON object, for <see cref="StepResolutionKind.CompleteManually"/>; otherwise empty.</summary>
    public ReadOnlyMemory<byte> Result { get; }

    /// <summary>A failed step is tried again as if it had never run: its attempts and its failure are forgotten, its checkpoint stays.</summary>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="by">Who says so, 1 to 128 characters.</param>
    public static StepResolution ResetForRetry(string reason, string by) => new(StepResolutionKind.ResetForRetry, reason, by);

    /// <summary>A step that is not done is taken as done, without a result: those that depend on it go on and find no result of it.</summary>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="by">Who says so, 1 to 128 characters.</param>
    public static StepResolution ResolveManually(string reason, string by) => new(StepResolutionKind.ResolveManually, reason, by);

    /// <summary>A step that is not done is completed with a result that a person provides.</summary>
    /// <typeparam name="TResult">What the step's handler would return.</typeparam>
    /// <param name="codec">Writes the result; <c>StepRef&lt;TResult&gt;.Codec</c> is the step's own.</param>
    /// <param name="result">The result.</param>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="by">Who says so, 1 to 128 characters.</param>
    public static StepResolution CompleteManually<TResult>(JsonCodec<TResult> codec, TResult result, string reason, string by)
    {
        ArgumentNullException.ThrowIfNull(codec);
        using var outcome = new StepOutcome();
        codec.Write(codec.IsObject ? outcome.BeginObject() : outcome.BeginValue(), result);
        outcome.End();
        return new StepResolution(StepResolutionKind.CompleteManually, reason, by, outcome.Result.ToArray());
    }

    /// <summary>A step that is not done is completed with a result that a person provides.</summary>
    /// <param name="resultJson">The result, a UTF-8 JSON object in the layout that the step's handler would write.</param>
    /// <param name="reason">Why, 1 to 500 characters.</param>
    /// <param name="by">Who says so, 1 to 128 characters.</param>
    public static StepResolution CompleteManuallyJson(ReadOnlyMemory<byte> resultJson, string reason, string by) =>
        new(StepResolutionKind.CompleteManually, reason, by, resultJson.ToArray());
}

/// <summary>What is done with a step by hand.</summary>
public enum StepResolutionKind
{
    /// <summary><c>reset_for_retry</c>: <c>error</c> becomes <c>pending</c>.</summary>
    ResetForRetry,

    /// <summary><c>resolve_manually</c>: any state but a terminal one becomes <c>resolved_manually</c>.</summary>
    ResolveManually,

    /// <summary><c>complete_manually</c>: any state but a terminal one becomes <c>complete</c>.</summary>
    CompleteManually,
}
