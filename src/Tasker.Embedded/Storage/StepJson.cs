using System.Text.Json;
using Tasker.Embedded.Orchestration;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Writes and reads steps as the store keeps them: only what is set, and of a step that its task began with nothing that the plan says. Used by the
/// writer only, one at a time.
/// </summary>
internal sealed class StepJson
{
    private readonly JsonTime _times = new();

    /// <summary>Writes the members of a step; the caller writes the braces.</summary>
    public void Write(Utf8JsonWriter writer, StepRun step)
    {
        if (step.IsDynamic)
            WriteDefinition(writer, step);
        writer.WriteString(JsonNames.State, JsonNames.Of(step.State));
        if (step.Attempts > 0)
            writer.WriteNumber(JsonNames.Attempts, step.Attempts);
        WriteRaw(writer, JsonNames.Result, step.Result);
        if (step.Failure is { } failure)
        {
            writer.WritePropertyName("failure"u8);
            FailureJson.Write(writer, failure);
        }

        WriteRaw(writer, JsonNames.Checkpoint, step.Checkpoint.Span);
        _times.Write(writer, JsonNames.NextAttemptAt, step.NextAttemptAt);
        WriteSince(writer, JsonNames.Started, step.StartedAt, step.Run.CreatedAt);
        WriteSince(writer, JsonNames.Completed, step.CompletedAt, step.Run.CreatedAt);
        if (step.Journal.Count > 0)
        {
            writer.WritePropertyName("journal"u8);
            JournalJson.Write(writer, step.Journal);
        }
    }

    /// <summary>The planned steps, with what is stored of them, and the dynamic ones after them.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="InvalidOperationException">A member has another type.</exception>
    /// <exception cref="FormatException">A name or a time is not one.</exception>
    public static List<StepRow> Read(ReadOnlyMemory<byte> json, PlannedStep[] plan, DateTimeOffset taskCreatedAt)
    {
        using var document = JsonDocument.Parse(json, JsonText.Reading);
        var rows = new List<StepRow>(plan.Length);
        foreach (var element in document.RootElement.EnumerateArray())
        {
            var planned = rows.Count < plan.Length ? plan[rows.Count] : ReadDefinition(element);
            rows.Add(Read(element, planned, taskCreatedAt));
        }

        for (var i = rows.Count; i < plan.Length; i++)
            rows.Add(new StepRow(plan[i]));
        return rows;
    }

    private static void WriteDefinition(Utf8JsonWriter writer, StepRun step)
    {
        writer.WriteString("name"u8, step.Name);
        writer.WriteString("template_step"u8, step.Node.Name);
        writer.WriteString("type"u8, step.Node.Type.ToName());
        writer.WriteNumber("max_attempts"u8, step.MaxAttempts);
        writer.WriteStartArray("dependencies"u8);
        foreach (var parent in step.Parents)
            writer.WriteStringValue(step.Run.StepAt(parent).Name);
        writer.WriteEndArray();
        WriteRaw(writer, JsonNames.Inputs, step.Inputs.Span);
    }

    private static PlannedStep ReadDefinition(JsonElement step) => new(
        step.GetProperty("name").GetString()!,
        step.GetProperty("template_step").GetString()!,
        StepTypeNames.Parse(step.GetProperty("type").GetString()!),
        step.GetProperty("max_attempts").GetInt32(),
        PlanJson.ReadNames(step.GetProperty("dependencies")));

    private static StepRow Read(JsonElement step, PlannedStep planned, DateTimeOffset taskCreatedAt) => new(planned)
    {
        State = StateNames.ParseStepState(step.GetProperty("state").GetString()!),
        Attempts = Find(step, "attempts") is { } attempts ? attempts.GetInt32() : 0,
        Inputs = Raw(step, "inputs"),
        Result = Raw(step, "result"),
        Failure = Find(step, "failure") is { } failure ? FailureJson.Read(failure) : null,
        Checkpoint = Raw(step, "checkpoint"),
        NextAttemptAt = Time(step, "next_attempt_at"),
        StartedAt = Since(step, "started", taskCreatedAt) ?? Time(step, "started_at"),
        CompletedAt = Since(step, "completed", taskCreatedAt) ?? Time(step, "completed_at"),
        Journal = Find(step, "journal") is { } journal ? JournalJson.Read(journal) : [],
    };

    private static void WriteRaw(Utf8JsonWriter writer, JsonEncodedText name, ReadOnlySpan<byte> json)
    {
        if (json.IsEmpty)
            return;
        writer.WritePropertyName(name);
        writer.WriteRawValue(json, skipInputValidation: true);
    }

    /// <summary>Ticks of 100 ns since the task's creation: a sixth of what the time itself would take, in each step of each task.</summary>
    private static void WriteSince(Utf8JsonWriter writer, JsonEncodedText name, DateTimeOffset? time, DateTimeOffset start)
    {
        if (time is { } value)
            writer.WriteNumber(name, (value - start).Ticks);
    }

    /// <summary>A clock that was set back gives a negative number; any that leads to a time is one.</summary>
    private static DateTimeOffset? Since(JsonElement step, string name, DateTimeOffset start)
    {
        if (Find(step, name) is not { } value)
            return null;
        var ticks = value.GetInt64();
        if (ticks < (DateTimeOffset.MinValue - start).Ticks || ticks > (DateTimeOffset.MaxValue - start).Ticks)
            throw new FormatException($"'{name}' is {ticks} ticks from the task's creation, where no calendar goes.");
        return start.AddTicks(ticks);
    }

    private static JsonElement? Find(JsonElement step, string name) =>
        step.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null ? value : null;

    private static byte[] Raw(JsonElement step, string name) =>
        Find(step, name) is { } value ? System.Text.Encoding.UTF8.GetBytes(value.GetRawText()) : [];

    private static DateTimeOffset? Time(JsonElement step, string name) => Find(step, name) is { } value ? StoredTime.Parse(value.GetString()!) : null;
}

/// <summary>A step as the store has it.</summary>
internal sealed record StepRow(PlannedStep Definition)
{
    public StepState State { get; init; }

    public int Attempts { get; init; }

    public byte[] Inputs { get; init; } = [];

    public byte[] Result { get; init; } = [];

    public StepFailure? Failure { get; init; }

    public byte[] Checkpoint { get; init; } = [];

    public DateTimeOffset? NextAttemptAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }

    public JournalEntry[] Journal { get; init; } = [];
}
