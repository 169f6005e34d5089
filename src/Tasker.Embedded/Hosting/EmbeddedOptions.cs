namespace Tasker.Embedded;

/// <summary>How the embedded engine keeps tasks.</summary>
public sealed class EmbeddedOptions
{
    /// <summary>
    /// Where tasks are kept: a SQLite connection string such as <c>Data Source=tasker.db</c>. The file is created when it is missing; its folder
    /// must exist. <see langword="null"/> keeps tasks in memory. Set by <c>UseEmbedded</c>.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>
    /// When a commit counts as done. Default <see cref="CommitDurability.Full"/>: when it would survive the machine losing power.
    /// </summary>
    public CommitDurability Durability { get; set; } = CommitDurability.Full;

    /// <summary>
    /// How long a SQLite file keeps a task after its end; older ones are deleted by and by, with their dead letters, and their space is used again. Tasks that
    /// are blocked by failures are not finished. Default <see langword="null"/>: for ever.
    /// </summary>
    public TimeSpan? KeepFinishedTasks { get; set; }

    /// <summary>
    /// How many finished tasks the in-memory store still answers for; older ones are forgotten. Default 10,000; 0 or more. For a SQLite file see <see cref="KeepFinishedTasks"/>.
    /// </summary>
    public int FinishedTasksInMemory { get; set; } = 10_000;
}

/// <summary>When a commit counts as done.</summary>
public enum CommitDurability
{
    /// <summary>When it would survive the machine losing power: SQLite's <c>synchronous=FULL</c>.</summary>
    Full,

    /// <summary>
    /// When it would survive the process being killed; the last commits may be lost when the machine loses power, never the file's consistency:
    /// SQLite's <c>synchronous=NORMAL</c>.
    /// </summary>
    Normal,
}
