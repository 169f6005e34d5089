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
            var parameters = rest[..ParametersLength(rest)];
            rest = rest[parameters.Length..];
            if (HasNext(parameters))
                return target.ToString();
        }

        return null;
    }

    /// <summary>Up to the comma that begins the next link; commas in quotes are part of a value.</summary>
    private static int ParametersLength(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] is '"')
                quoted = !quoted;
            else if (text[i] is ',' && !quoted)
                return i;
        }

        return text.Length;
    }

    private static bool HasNext(ReadOnlySpan<char> parameters)
    {
        foreach (var range in parameters.Split(';'))
        {
            var parameter = parameters[range];
            if (parameter.IndexOf('=') is not (var equals and >= 0) || !parameter[..equals].Trim().Equals("rel", StringComparison.OrdinalIgnoreCase))
                continue;
            var relations = parameter[(equals + 1)..].Trim().Trim('"');
            foreach (var relation in relations.Split(' '))
            {
                if (relations[relation].Equals("next", StringComparison.OrdinalIgnoreCase))
                    return true;
            }
        }

        return false;
    }
}
