namespace Tasker.Events;

/// <summary>A pattern of event names: <c>*</c> stands for any characters, dots included.</summary>
internal sealed class EventPattern
{
    private readonly string[] _parts;

    public EventPattern(string pattern)
    {
        ArgumentException.ThrowIfNullOrEmpty(pattern);
        foreach (var character in pattern)
        {
            if (character is not ((>= 'a' and <= 'z') or (>= '0' and <= '9') or '_' or '.' or '*'))
            {
                throw new ArgumentException(
                    $"'{pattern}' is no pattern of event names: '{character}' cannot occur in one. An example is 'payment.*'.",
                    nameof(pattern));
            }
        }

        Text = pattern;
        _parts = pattern.Split('*');
    }

    public string Text { get; }

    public bool Matches(string name)
    {
        if (_parts.Length == 1)
            return name == Text;
        var (first, last) = (_parts[0], _parts[^1]);
        if (name.Length < first.Length + last.Length
            || !name.StartsWith(first, StringComparison.Ordinal)
            || !name.EndsWith(last, StringComparison.Ordinal))
        {
            return false;
        }

        var middle = name.AsSpan(first.Length, name.Length - first.Length - last.Length);
        foreach (var part in _parts.AsSpan(1, _parts.Length - 2))
        {
            var at = middle.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
                return false;
            middle = middle[(at + part.Length)..];
        }

        return true;
    }
}
