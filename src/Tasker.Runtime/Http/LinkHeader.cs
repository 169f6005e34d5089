namespace Tasker.Http;

/// <summary>Reads <c>Link</c> (RFC 8288).</summary>
internal static class LinkHeader
{
    /// <summary>The target of the link to the next page, as it stands in the header; <see langword="null"/> when there is none.</summary>
    public static string? Next(string? header)
    {
        var rest = header.AsSpan();
        while (rest.IndexOf('<') is var start and >= 0)
        {
            rest = rest[(start + 1)..];
            if (rest.IndexOf('>') is not (var end and >= 0))
                return null;
            var target = rest[..end];
            rest = rest[(end + 1)..];
            var isNext = false;
            while (!rest.IsEmpty && rest[0] is not ',')
            {
                var parameter = rest[1..][..PartLength(rest[1..])];
                rest = rest[(parameter.Length + 1)..];
                isNext |= IsNext(parameter);
            }

            if (isNext)
                return target.ToString();
        }

        return null;
    }

    /// <summary>Up to the semicolon or comma that ends a parameter; in quotes they are part of its value.</summary>
    private static int PartLength(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"')
                quoted = !quoted;
            else if (text[i] is ';' or ',' && !quoted)
                return i;
        }

        return text.Length;
    }

    private static bool IsNext(ReadOnlySpan<char> parameter)
    {
        if (parameter.IndexOf('=') is not (var equals and >= 0) || !parameter[..equals].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase))
            return false;
        var relations = parameter[(equals + 1)..].Trim().Trim('"');
        foreach (var relation in relations.Split(' '))
        {
            if (relations[relation].Equals("next", StringComparison.OrdinalIgnoreCase))
                return true;
        }

        return false;
    }
}
