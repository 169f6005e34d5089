using System.Text.Json;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Writes what a commit changes in tasks that go on, as the log keeps it: nothing twice that several of them share, and no names where the place says it.
/// Used by the writer only; each text is valid until the next one of its kind is written. <see cref="SqliteLog"/> reads them.
/// </summary>
/// <param name="steps">How steps are written.</param>
/// <param name="planNumber">The number that a plan has in the file.</param>
internal sealed class LogText(StepJson steps, Func<TaskPlan, long> planNumber) : IDisposable
{
    private readonly JsonTime _times = new();
    private readonly JsonText _tasks = new();
    private readonly JsonText _steps = new();
    private readonly JsonText _running = new();

    /// <summary>New tasks, those that began alike together, and new states of tasks. Empty when there are none.</summary>
    public ReadOnlySpan<byte> Tasks(Changes changes)
    {
        var writer = _tasks.Begin();
        TaskRun? first = null;
        foreach (var run in changes.Created)
        {
            if (run.State.IsSettled())
                continue;
            if (first is null || !BeganAlike(first, run))
            {
                if (first is not null)
                    EndAlike(writer);
                BeginAlike(writer, first = run);
            }

            WriteNew(writer, run);
        }

        if (first is not null)
            EndAlike(writer);
        foreach (var run in changes.Created)
        {
            if (run.Journal.Count > 0)
                WriteState(writer, run);
        }

        foreach (var run in changes.Tasks)
            WriteState(writer, run);
        return _tasks.End();
    }

    /// <summary>Steps with their present state. Empty when there are none.</summary>
    public ReadOnlySpan<byte> Steps(Changes changes)
    {
        var writer = _steps.Begin();
        foreach (var step in changes.Steps)
        {
            if (step.Run.State.IsSettled())
                continue;
            writer.WriteStartArray();
            writer.WriteNumberValue(step.Run.StoreKey);
            writer.WriteNumberValue(step.Index);
            writer.WriteStartObject();
            steps.Write(writer, step);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }

        return _steps.End();
    }

    /// <summary>All attempts in progress. Empty when they are the same as before.</summary>
    public ReadOnlySpan<byte> Running(Changes changes)
    {
        if (!changes.RunningChanged)
            return default;
        var writer = _running.Begin();
        foreach (var step in changes.Running)
        {
            writer.WriteStartArray();
            writer.WriteNumberValue(step.Run.StoreKey);
            writer.WriteNumberValue(step.Index);
            writer.WriteNumberValue(step.Attempts);
            writer.WriteEndArray();
        }

        var text = _running.End();
        return text.IsEmpty ? "[]"u8 : text;
    }

    public void Dispose()
    {
        _tasks.Dispose();
        _steps.Dispose();
        _running.Dispose();
    }

    private static bool BeganAlike(TaskRun one, TaskRun other) =>
        one.Plan == other.Plan && ReferenceEquals(one.Options, other.Options) && one.CreatedAt == other.CreatedAt && one.State == other.State;

    private void BeginAlike(Utf8JsonWriter writer, TaskRun run)
    {
        var (template, options) = (run.Plan.Template, run.Options);
        writer.WriteStartObject();
        writer.WriteString(JsonNames.State, JsonNames.Of(run.State));
        writer.WriteString(JsonNames.Namespace, template.Namespace);
        writer.WriteString(JsonNames.Name, template.Name);
        writer.WriteString(JsonNames.Version, template.Version);
        if (options.ParentCorrelationId is { } parent)
            writer.WriteString("parent_correlation_id"u8, parent);
        writer.WriteString(JsonNames.Initiator, options.Initiator);
        writer.WriteString(JsonNames.SourceSystem, options.SourceSystem);
        writer.WriteString(JsonNames.Reason, options.Reason);
        writer.WriteNumber(JsonNames.Priority, options.Priority);
        _times.Write(writer, JsonNames.CreatedAt, run.CreatedAt);
        writer.WriteNumber(JsonNames.PlanNo, planNumber(run.Plan));
        if (!options.Tags.IsDefaultOrEmpty)
        {
            writer.WriteStartArray("tags"u8);
            foreach (var tag in options.Tags)
                writer.WriteStringValue(tag);
            writer.WriteEndArray();
        }

        writer.WriteStartArray(JsonNames.New);
    }

    private static void EndAlike(Utf8JsonWriter writer)
    {
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteNew(Utf8JsonWriter writer, TaskRun run)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(run.StoreKey);
        writer.WriteStringValue(run.Id);
        writer.WriteStringValue(run.CorrelationId);
        writer.WriteRawValue(run.Context.Span, skipInputValidation: true);
        if (run.IdentityHash is { } hash)
            writer.WriteStringValue(hash);
        writer.WriteEndArray();
    }

    private static void WriteState(Utf8JsonWriter writer, TaskRun run)
    {
        if (run.State.IsSettled())
            return;
        writer.WriteStartObject();
        writer.WriteNumber(JsonNames.TaskNo, run.StoreKey);
        writer.WriteString(JsonNames.State, JsonNames.Of(run.State));
        if (run.Journal.Count > 0)
        {
            writer.WritePropertyName("journal"u8);
            JournalJson.Write(writer, run.Journal);
        }

        writer.WriteEndObject();
    }
}
