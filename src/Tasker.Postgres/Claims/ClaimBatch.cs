using Tasker.Postgres.Messages;

namespace Tasker.Postgres.Claims;

/// <summary>A message whose step was not claimed.</summary>
/// <param name="Message">The message.</param>
/// <param name="StepName">The step's name in its template, when the step exists.</param>
/// <param name="TemplateId">The step's template, when the step exists.</param>
/// <param name="Problem">
/// What stands in the way: <see cref="UnknownTemplate"/>, <see cref="LookAgain"/>, <see cref="NoStep"/>, a description, or <see langword="null"/> when nothing does, and the step was only not its turn.
/// </param>
internal readonly record struct UnclaimedMessage(StepMessage Message, string? StepName, Guid? TemplateId, string? Problem)
{
    /// <summary>The claim did not know the template in its present state, or this host does not run the step.</summary>
    public const string UnknownTemplate = "template";

    /// <summary>The claim may have begun before the step was enqueued.</summary>
    public const string LookAgain = "again";

    /// <summary>The message is of no use to anybody.</summary>
    public const string NoStep = "it names no step that exists";
}

/// <summary>What one claim brought.</summary>
internal sealed class ClaimBatch
{
    public List<CoreStep> Steps { get; } = [];

    public List<UnclaimedMessage> Unclaimed { get; } = [];

    /// <summary>Messages that nobody needs any more and that the claim itself did not archive.</summary>
    public IReadOnlyList<StepMessage> Done { get; set; } = [];
}
