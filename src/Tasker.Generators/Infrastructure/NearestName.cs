namespace Tasker.Generators.Infrastructure;

/// <summary>Finds what a misspelt name was meant to be.</summary>
internal static class NearestName
{
    /// <summary>The candidate with the fewest edits to <paramref name="name"/>, or <see langword="null"/> when none is near.</summary>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        var nearest = default(string);
        var limit = Math.Max(1, name.Length / 3) + 1;
        foreach (var candidate in candidates)
        {
            if (Math.Abs(candidate.Length - name.Length) >= limit)
                continue;
            var distance = Distance(name, candidate, limit);
            if (distance < limit && candidate != name)
            {
                nearest = candidate;
                limit = distance;
            }
        }

        return nearest;
    }

    /// <summary>" Did you mean 'x'?", or nothing.</summary>
    public static string Hint(string name, IEnumerable<string> candidates) =>
        Find(name, candidates) is { } nearest ? $" Did you mean '{nearest}'?" : "";

    /// <summary>Edits (insert, delete, replace, swap neighbors) from one text to the other; gives up at <paramref name="limit"/>.</summary>
    private static int Distance(string a, string b, int limit)
    {
        var beforePrevious = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (var j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            var smallest = i;
            for (var j = 1; j <= b.Length; j++)
            {
                var replace = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replace, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
                smallest = Math.Min(smallest, current[j]);
            }

            if (smallest >= limit)
                return limit;
            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }
}
