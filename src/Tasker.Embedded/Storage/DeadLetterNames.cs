using Tasker.Client;

namespace Tasker.Embedded.Storage;

/// <summary>The stored names of what concerns dead letters (protocol sheet §1.2, <c>tasks_dlq</c>).</summary>
internal static class DeadLetterNames
{
    private static readonly string[] Reasons =
        ["staleness_timeout", "max_retries_exceeded", "dependency_cycle_detected", "worker_unavailable", "manual_dlq"];

    private static readonly string[] Statuses = ["pending", "manually_resolved", "permanently_failed", "cancelled"];

    public static string ToName(this DeadLetterReason reason) => Reasons[(int)reason];

    public static string ToName(this DeadLetterStatus status) => Statuses[(int)status];

    /// <exception cref="FormatException">No reason has that name.</exception>
    public static DeadLetterReason ParseReason(string name) => (DeadLetterReason)IndexOf(Reasons, name, "reason");

    /// <exception cref="FormatException">No status has that name.</exception>
    public static DeadLetterStatus ParseStatus(string name) => (DeadLetterStatus)IndexOf(Statuses, name, "status");

    private static int IndexOf(string[] names, string name, string kind)
    {
        var index = Array.IndexOf(names, name);
        return index >= 0 ? index : throw new FormatException($"'{name}' is not the {kind} of a dead letter.");
    }
}
