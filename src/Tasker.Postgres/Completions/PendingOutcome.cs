using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Events;
using Tasker.Postgres.Claims;
using Tasker.Wire;

namespace Tasker.Postgres.Completions;

/// <summary>The outcome of a claim, in the form in which it is stored.</summary>
/// <param name="ClaimId">The transition that is the claim.</param>
/// <param name="StepId">The step.</param>
/// <param name="TaskId">The task.</param>
/// <param name="CorrelationId">The task's correlation id.</param>
/// <param name="StepName">The step's name, for messages.</param>
/// <param name="Success">Whether the attempt succeeded.</param>
/// <param name="Result">The step execution result, UTF-8 JSON (protocol sheet §7.1).</param>
internal sealed record PendingOutcome(Guid ClaimId, Guid StepId, Guid TaskId, Guid CorrelationId, string StepName, bool Success, byte[] Result)
{
    /// <summary>The domain events to be sent with it.</summary>
    public IReadOnlyList<OutgoingEvent> Events { get; init; } = [];

    /// <summary>Whether nothing is left in it that could be left out.</summary>
    public bool IsLastResort { get; private init; }

    /// <summary>Roughly how much there is to send.</summary>
    public int Size => Result.Length + Events.Sum(static one => one.Message.Length);

    public static PendingOutcome Of(CoreStep step, StepOutcome outcome, DateTimeOffset now, TimeSpan duration, ImmutableArray<DomainEvent> events)
    {
        var pending = new PendingOutcome(step.ClaimId, step.StepId, step.TaskId, step.CorrelationId, step.Name, outcome.Failure is null, []);
        if (ReadableResult.Problem(outcome.Result.Span) is { } problem)
            return pending.Failed(NotStorable($"tasker-core could not read the result of step '{step.Name}': {problem}"), now);

        var report = new StepReport(step.StepId, step.Definition.Callable, now - duration, now, duration);
        return pending with { Result = Write(report, outcome), Events = [.. events.Select(one => OutgoingEvent.Of(step, one))] };
    }

    /// <summary>An attempt that was not finished. tasker-core has no way to hand a step back; as a failure that is tried again, it at least does not stay claimed (Appendix C).</summary>
    public static PendingOutcome Unfinished(CoreStep step, DateTimeOffset now)
    {
        using var outcome = new StepOutcome();
        outcome.SetFailure(new StepFailure
        {
            Message = $"The worker stopped before step '{step.Name}' had finished.",
            ErrorType = "worker_stopped",
            Retryable = true,
        });
        return Of(step, outcome, now, TimeSpan.Zero, []);
    }

    /// <summary>
    /// The same attempt, in a form that PostgreSQL can hold. A failure stays what it was, without what is in it besides; a result is data, and data that cannot
    /// be kept whole is not kept.
    /// </summary>
    public PendingOutcome Storable(string problem, DateTimeOffset now)
    {
        var failure = StepExecutionResultReader.ReadFailure(Result) is { } own
            ? new StepFailure { Message = Clean(own.Message), ErrorType = Clean(own.ErrorType), Retryable = own.Retryable }
            : NotStorable($"PostgreSQL cannot store the result of step '{StepName}': {problem}");
        return Failed(failure, now) with { IsLastResort = true };
    }

    /// <summary>The same attempt, failed for another reason than its own, which leads to no event.</summary>
    public PendingOutcome Failed(StepFailure failure, DateTimeOffset now)
    {
        using var outcome = new StepOutcome();
        outcome.SetFailure(failure);
        return this with { Success = false, Events = [], Result = Write(new StepReport(StepId, "", now, now, TimeSpan.Zero), outcome) };
    }

    private static StepFailure NotStorable(string message) => new() { Message = Clean(message), ErrorType = "result_not_storable", Retryable = false };

    /// <summary>The one character that is text in JSON and in no column.</summary>
    private static string Clean(string text) => text.Replace('\0', '\uFFFD');

    private static byte[] Write(in StepReport report, StepOutcome outcome)
    {
        var buffer = new ArrayBufferWriter<byte>(outcome.Result.Length + 768);
        using (var writer = new Utf8JsonWriter(buffer))
            StepExecutionResultWriter.Write(writer, report, outcome);
        return buffer.WrittenSpan.ToArray();
    }
}
