using System.Text.Json;
using Tasker.Client;

namespace Tasker.Postgres.Client;

/// <summary>
/// Reads dead letters as tasker-core's REST API writes them: the columns of <c>tasks_dlq</c> (protocol sheet §1.2). Its documentation writes the two enums as
/// the database does, and its code as Rust does (<c>ManuallyResolved</c>); both are read.
/// </summary>
internal static class DeadLetterReader
{
    private static readonly string[] Reasons = ["staleness_timeout", "max_retries_exceeded", "dependency_cycle_detected", "worker_unavailable", "manual_dlq"];
    private static readonly string[] Statuses = ["pending", "manually_resolved", "permanently_failed", "cancelled"];

    /// <summary>The database's name of a status.</summary>
    public static string Name(DeadLetterStatus status) => Statuses[(int)status];

    /// <summary>An entry, without what only its task knows.</summary>
    public static DeadLetter Read(JsonElement entry) => new()
    {
        EntryId = entry.GetProperty("dlq_entry_uuid").GetGuid(),
        TaskId = entry.GetProperty("task_uuid").GetGuid(),
        Namespace = TaskReader.TextOrNull(entry, "namespace") ?? "",
        Name = TaskReader.TextOrNull(entry, "name") ?? "",
        Version = TaskReader.TextOrNull(entry, "version") ?? "",
        OriginalState = StateNames.ParseTaskState(TaskReader.Text(entry, "original_state")),
        Reason = (DeadLetterReason)IndexOf(Reasons, TaskReader.Text(entry, "dlq_reason")),
        Detail = TaskReader.Member(entry, "metadata") is { ValueKind: JsonValueKind.Object } metadata ? metadata.GetRawText() : null,
        CreatedAt = TaskReader.Time(entry, "dlq_timestamp") ?? default,
        Status = (DeadLetterStatus)IndexOf(Statuses, TaskReader.Text(entry, "resolution_status")),
        ResolvedAt = TaskReader.Time(entry, "resolution_timestamp"),
        ResolvedBy = TaskReader.TextOrNull(entry, "resolved_by"),
        Notes = TaskReader.TextOrNull(entry, "resolution_notes"),
    };

    /// <exception cref="ValidationException">The resolution is out of range.</exception>
    public static void Check(DeadLetterResolution resolution)
    {
        ArgumentNullException.ThrowIfNull(resolution);
        if (resolution.Status is DeadLetterStatus.Pending || !Enum.IsDefined(resolution.Status))
            throw new ValidationException($"{nameof(DeadLetterResolution.Status)} is {resolution.Status}; say what became of the dead letter.");
        if (resolution.ResolvedBy is not { Length: >= 1 and <= 255 })
            throw new ValidationException($"{nameof(DeadLetterResolution.ResolvedBy)} has {resolution.ResolvedBy?.Length ?? 0} characters; give 1 to 255.");
        if (resolution.Notes is { Length: > 4000 })
            throw new ValidationException($"{nameof(DeadLetterResolution.Notes)} has {resolution.Notes.Length} characters; give at most 4,000.");
    }

    private static int IndexOf(string[] names, string name)
    {
        var plain = name.Replace("_", "", StringComparison.Ordinal);
        var index = Array.FindIndex(names, one => one.Replace("_", "", StringComparison.Ordinal).Equals(plain, StringComparison.OrdinalIgnoreCase));
        return index >= 0 ? index : throw new FormatException($"tasker-core's dead letter says '{name}', which is none of {string.Join(", ", names)}.");
    }
}
