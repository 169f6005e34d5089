namespace Tasker.Embedded.Orchestration;

/// <summary>
/// A change of a task or of a step that its present state does not tell: an attempt that failed, a wait, what a person did. Ordinary progress
/// leaves no entry, so that it costs nothing; <see cref="HistoryBuilder"/> fills in what follows from the states.
/// </summary>
/// <param name="At">When.</param>
/// <param name="From">The stored name of the state before.</param>
/// <param name="To">The stored name of the state after.</param>
internal sealed record JournalEntry(DateTimeOffset At, string From, string To)
{
    /// <summary>Which attempt of the step ended with this.</summary>
    public int? Attempt { get; init; }

    /// <summary>When that attempt began; unknown for one that its process did not survive.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Why.</summary>
    public string? Reason { get; init; }

    /// <summary>The person who did it.</summary>
    public string? By { get; init; }
}

/// <summary>The entries of one task or step, the latest ones.</summary>
internal struct Journal
{
    /// <summary>Something that happens again and again must not make a row grow without end.</summary>
    internal const int Longest = 100;

    private List<JournalEntry>? _entries;

    public Journal(IReadOnlyList<JournalEntry> entries) => _entries = entries.Count == 0 ? null : [.. entries];

    public readonly IReadOnlyList<JournalEntry> Entries => _entries ?? (IReadOnlyList<JournalEntry>)[];

    public readonly bool IsEmpty => _entries is null;

    public void Add(JournalEntry entry)
    {
        _entries ??= [];
        if (_entries.Count == Longest)
            _entries.RemoveAt(0);
        _entries.Add(entry);
    }
}
