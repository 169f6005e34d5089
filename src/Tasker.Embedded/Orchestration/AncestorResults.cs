namespace Tasker.Embedded.Orchestration;

/// <summary>
/// The results of a ready step's transitive ancestors, read in place: nothing is copied. Ancestors of a ready step are done, so neither they
/// nor their edges change any more, and any thread may read them. Only when a person took a step as done before those above it may one of these
/// still get its result meanwhile.
/// </summary>
internal sealed class AncestorResults(StepRun step) : StepResults
{
    /// <summary>From this many ancestors on, names are looked up in a table.</summary>
    private const int TableFrom = 16;

    private StepRun[]? _ancestors;
    private Dictionary<string, StepRun>? _byName;

    public override bool TryGet(string name, out ReadOnlyMemory<byte> result)
    {
        if (Find(name)?.Result is { Length: > 0 } found)
        {
            result = found;
            return true;
        }

        result = default;
        return false;
    }

    public override IEnumerable<AncestorResult> All()
    {
        foreach (var ancestor in Ancestors())
        {
            if (ancestor.Result is { Length: > 0 } result)
                yield return new AncestorResult(ancestor.Name, ancestor.Node.Name, result);
        }
    }

    private StepRun? Find(string name)
    {
        // Nearly always a handler reads what its own step waits for.
        if (step.Parents.Length < TableFrom)
        {
            foreach (var parent in step.Parents)
            {
                if (step.Run.StepAt(parent) is var candidate && candidate.Name == name)
                    return candidate;
            }
        }

        var ancestors = Ancestors();
        if (ancestors.Length >= TableFrom)
            return (_byName ??= ancestors.ToDictionary(ancestor => ancestor.Name, StringComparer.Ordinal)).GetValueOrDefault(name);
        foreach (var ancestor in ancestors)
        {
            if (ancestor.Name == name)
                return ancestor;
        }

        return null;
    }

    /// <summary>In order of creation.</summary>
    private StepRun[] Ancestors()
    {
        if (_ancestors is { } known)
            return known;
        var found = new SortedSet<int>();
        var open = new Stack<int>(step.Parents);
        while (open.TryPop(out var index))
        {
            if (!found.Add(index))
                continue;
            foreach (var parent in step.Run.StepAt(index).Parents)
                open.Push(parent);
        }

        return _ancestors = [.. found.Select(step.Run.StepAt)];
    }
}
