using System.Collections.Immutable;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>Reads the outcome of a step from a result that a person wrote, as a handler would have returned it (protocol sheet §8.4, §8.5).</summary>
internal static class OutcomeJson
{
    /// <summary>The outcome of a step that is taken as done: no result, no branch, no batches.</summary>
    public static AttemptOutcome Nothing(StepRun step) => step.Node.Type is StepType.Decision
        ? new DecisionOutcome([], Decision.Skip("Resolved manually."))
        : new AttemptOutcome([]);

    /// <exception cref="ValidationException">The result is not a JSON object, or not what a step of this type returns.</exception>
    public static AttemptOutcome Read(StepRun step, ReadOnlyMemory<byte> result)
    {
        try
        {
            using var document = JsonDocument.Parse(result);
            if (document.RootElement.ValueKind is not JsonValueKind.Object)
                throw new ValidationException($"The result of step '{step.Name}' must be a JSON object, such as {{}}.");
            return step.Node.Type switch
            {
                StepType.Decision => ReadDecision(document.RootElement, result.ToArray()),
                StepType.Batchable => ReadPlan(step, document.RootElement, result.ToArray()),
                _ => new AttemptOutcome(result.ToArray()),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException or ArgumentException or KeyNotFoundException or PermanentException and not ValidationException)
        {
            throw new ValidationException($"The result of step '{step.Name}' is not what a {step.Node.Type} step returns: {exception.Message}", exception);
        }
    }

    private static AttemptOutcome ReadDecision(JsonElement result, byte[] json)
    {
        if (!result.TryGetProperty("decision_point_outcome"u8, out var outcome))
            return new AttemptOutcome(json);
        return new DecisionOutcome(
            json,
            outcome.TryGetProperty("step_names"u8, out var names)
                ? Decision.Route([.. names.EnumerateArray().Select(name => new StepName(name.GetString() ?? ""))])
                : Decision.Skip("Completed manually."));
    }

    private static AttemptOutcome ReadPlan(StepRun step, JsonElement result, byte[] json)
    {
        if (!result.TryGetProperty("batch_processing_outcome"u8, out var outcome))
            return new AttemptOutcome(json);
        ImmutableArray<BatchCursor> cursors = outcome.TryGetProperty("cursor_configs"u8, out var configs)
            ? [.. configs.EnumerateArray().Select(ReadCursor)]
            : [];
        var worker = outcome.TryGetProperty("worker_template_name"u8, out var name) ? name.GetString() : OnlyWorkerOf(step);
        return new BatchOutcome(json, cursors, worker);
    }

    private static BatchCursor ReadCursor(JsonElement cursor)
    {
        var start = BatchPosition.FromElement(cursor.GetProperty("start_cursor"u8));
        var end = BatchPosition.FromElement(cursor.GetProperty("end_cursor"u8));
        var range = new BatchRange(start, end, cursor.GetProperty("batch_size"u8).GetInt64());
        return new BatchCursor(cursor.GetProperty("batch_id"u8).GetString() ?? "", range.Start, range.End, range.Size);
    }

    private static string? OnlyWorkerOf(StepRun step)
    {
        var workers = step.Run.Plan.Nodes.Where(node => node.Governors.Contains(step.Node.Index)).Take(2).ToArray();
        return workers.Length == 1 ? workers[0].Name : null;
    }
}
