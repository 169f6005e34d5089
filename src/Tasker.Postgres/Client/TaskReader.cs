using System.Globalization;
using System.Text;
using System.Text.Json;
using Tasker.Client;
using Tasker.Hosting;
using Tasker.Templates;

namespace Tasker.Postgres.Client;

/// <summary>Reads tasks and steps as tasker-core's REST API writes them (protocol sheet §10.3, §10.4).</summary>
internal static class TaskReader
{
    public static TaskSnapshot Snapshot(JsonElement task, JsonElement steps, TemplateCatalog? catalog)
    {
        TaskTemplate? template = null;
        catalog?.TryGet(Text(task, "namespace"), Text(task, "name"), Text(task, "version"), out template);
        return new TaskSnapshot
        {
            TaskId = task.GetProperty("task_uuid").GetGuid(),
            Namespace = Text(task, "namespace"),
            Name = Text(task, "name"),
            Version = Text(task, "version"),
            State = State(task),
            Context = Utf8(task.GetProperty("context")),
            CorrelationId = task.GetProperty("correlation_id").GetGuid(),
            Options = Options(task),
            CreatedAt = Time(task, "created_at") ?? default,
            CompletedAt = Time(task, "completed_at"),
            Steps = [.. steps.EnumerateArray().Select(step => Step(step, template))],
        };
    }

    public static TaskSummary Summary(JsonElement task) => new()
    {
        TaskId = task.GetProperty("task_uuid").GetGuid(),
        Namespace = Text(task, "namespace"),
        Name = Text(task, "name"),
        Version = Text(task, "version"),
        State = State(task),
        Options = Options(task),
        CorrelationId = task.GetProperty("correlation_id").GetGuid(),
        CreatedAt = Time(task, "created_at") ?? default,
        CompletedAt = Time(task, "completed_at"),
        Steps = Count(task, "total_steps"),
        StepsDone = Count(task, "completed_steps"),
        StepsFailed = Count(task, "failed_steps"),
    };

    /// <summary>
    /// The results of a step's attempts, as <c>workflow_step_result_audit</c> keeps them (§1.3). What the state before and after was follows from
    /// whether the attempt succeeded, where the answer does not say it.
    /// </summary>
    public static IEnumerable<HistoryEntry> Attempts(string step, JsonElement audit) => audit.EnumerateArray()
        .OrderBy(entry => Time(entry, "recorded_at"))
        .Select((entry, index) => new HistoryEntry
        {
            At = Time(entry, "recorded_at") ?? default,
            Step = step,
            From = TextOrNull(entry, "from_state") ?? StepState.InProgress.ToName(),
            To = TextOrNull(entry, "to_state") is { Length: > 0 } state ? state
                : (Member(entry, "success").ValueKind is JsonValueKind.True ? StepState.EnqueuedForOrchestration : StepState.EnqueuedAsErrorForOrchestration).ToName(),
            Attempt = index + 1,
            Reason = TextOrNull(Member(Member(entry, "result"), "error"), "message"),
        });

    /// <summary>The task rests blocked also while its state has not been written yet; the execution status says so first (§8.7).</summary>
    private static TaskState State(JsonElement task)
    {
        var state = StateNames.ParseTaskState(Text(task, "status"));
        return !state.IsTerminal() && TextOrNull(task, "execution_status") == "blocked_by_failures" ? TaskState.BlockedByFailures : state;
    }

    private static StepSnapshot Step(JsonElement step, TaskTemplate? template)
    {
        var name = Text(step, "name");
        var definition = template?.FindStep(name) ?? template?.Steps.FirstOrDefault(
            one => one.Type is StepType.BatchWorker && name.StartsWith(one.Name + "_", StringComparison.Ordinal));
        var state = StateNames.ParseStepState(Text(step, "current_state"));
        var results = Member(step, "results");
        return new StepSnapshot
        {
            StepId = step.GetProperty("step_uuid").GetGuid(),
            Name = name,
            TemplateStep = definition?.Name ?? name,
            Type = definition?.Type ?? StepType.Standard,
            State = state,
            Attempts = Count(step, "attempts"),
            MaxAttempts = Count(step, "max_attempts"),
            Dependencies = definition?.Dependencies ?? [],
            Result = state.SatisfiesDependents() && Member(results, "result") is { ValueKind: JsonValueKind.Object } result ? Utf8(result) : default,
            Failure = Failure(results),
            NextAttemptAt = Time(step, "next_retry_at"),
            StartedAt = Time(step, "last_attempted_at"),
            CompletedAt = Time(step, "completed_at"),
        };
    }

    private static StepFailure? Failure(JsonElement results)
    {
        if (Member(results, "error") is not { ValueKind: JsonValueKind.Object } error)
            return null;
        var metadata = Member(results, "metadata");
        return new StepFailure
        {
            Message = TextOrNull(error, "message") ?? "",
            ErrorType = TextOrNull(error, "error_type") ?? TextOrNull(metadata, "error_type") ?? "unknown",
            ErrorCode = TextOrNull(metadata, "error_code"),
            Retryable = Member(metadata, "retryable").ValueKind is JsonValueKind.True,
            StatusCode = Member(error, "status_code") is { ValueKind: JsonValueKind.Number } status ? status.GetInt32() : null,
            Backtrace = Member(error, "backtrace") is { ValueKind: JsonValueKind.Array } frames
                ? [.. frames.EnumerateArray().Select(frame => frame.ToString())]
                : [],
        };
    }

    private static StartOptions Options(JsonElement task) => new()
    {
        CorrelationId = task.GetProperty("correlation_id").GetGuid(),
        ParentCorrelationId = Member(task, "parent_correlation_id") is { ValueKind: JsonValueKind.String } parent ? parent.GetGuid() : null,
        Initiator = TextOrNull(task, "initiator") ?? "",
        SourceSystem = TextOrNull(task, "source_system") ?? "",
        Reason = TextOrNull(task, "reason") ?? "",
        Priority = Member(task, "priority") is { ValueKind: JsonValueKind.Number } priority ? priority.GetInt32() : 0,
        Tags = Member(task, "tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(tag => tag.ToString())] : [],
    };

    private static int Count(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.Number } number ? number.GetInt32() : 0;

    /// <summary>Some times carry a zone and some do not; those that do not are UTC.</summary>
    public static DateTimeOffset? Time(JsonElement element, string name) => TextOrNull(element, name) is { } text
        ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal)
        : null;

    public static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static string? TextOrNull(JsonElement element, string name) => Member(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static JsonElement Member(JsonElement element, string name) =>
        element.ValueKind is JsonValueKind.Object && element.TryGetProperty(name, out var member) ? member : default;

    private static byte[] Utf8(JsonElement element) => Encoding.UTF8.GetBytes(element.GetRawText());
}
