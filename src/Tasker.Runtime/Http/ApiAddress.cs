namespace Tasker.Http;

/// <summary>Makes the addresses of requests, and the form of them that may be shown: without the query.</summary>
internal static class ApiAddress
{
    /// <summary>What disqualifies an address as a base; <see langword="null"/> when nothing does. Never shows a password in it.</summary>
    public static string? BaseProblem(Uri address)
    {
        if (!IsHttp(address))
            return "it must be an absolute http or https address, such as https://host/v1";
        if (address.UserInfo.Length > 0)
            return $"it must not carry a user name or password; use {nameof(ApiAuthentication)}.{nameof(ApiAuthentication.Basic)}";
        return address.Query.Length > 0 || address.Fragment.Length > 0 ? "it must have no query and no fragment" : null;
    }

    /// <summary>The address of a request.</summary>
    /// <exception cref="ConfigurationException">The path is relative and there is no base address.</exception>
    /// <exception cref="ValidationException">The path is no address, or leaves the base address.</exception>
    public static Uri Resolve(string client, Uri? baseAddress, string path, IEnumerable<KeyValuePair<string, string>> query)
    {
        var target = IsAbsolute(path) ? Absolute(client, baseAddress, path) : Relative(client, baseAddress, path);
        return AddQuery(target, query);
    }

    public static bool SameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);

    public static bool IsHttp(Uri address) => address.IsAbsoluteUri && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps);

    /// <summary>The address for messages: queries often carry secrets, so only their presence is shown.</summary>
    public static string Display(Uri address) =>
        address.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped) + (address.Query.Length > 0 ? "?*" : "");

    /// <summary>The values in a query whose names say that they are secrets.</summary>
    public static IEnumerable<string> Secrets(Uri address) =>
        from pair in address.Query.TrimStart('?').Split('&')
        let at = pair.IndexOf('=', StringComparison.Ordinal)
        where at > 0 && ApiHeader.IsSensitive(pair[..at])
        select Uri.UnescapeDataString(pair[(at + 1)..]);

    private static bool IsAbsolute(string path) =>
        path.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || path.StartsWith("https://", StringComparison.OrdinalIgnoreCase);

    private static Uri Absolute(string client, Uri? baseAddress, string path)
    {
        if (!Uri.TryCreate(path, UriKind.Absolute, out var address) || address.UserInfo.Length > 0)
            throw new ValidationException($"API client '{client}' was given an address that is not valid, or carries a user name: check the path of the request.");
        return baseAddress is null || SameOrigin(baseAddress, address)
            ? address
            : throw new ValidationException(
                $"API client '{client}' calls only its own origin {Display(baseAddress)}, but the request goes to {Display(address)}; use a client with that base address.");
    }

    private static Uri Relative(string client, Uri? baseAddress, string path)
    {
        if (baseAddress is null)
        {
            throw new ConfigurationException(
                $"API client '{client}' has no base address, but the request's path '{WithoutQuery(path)}' is relative; " +
                $"set {nameof(ApiClientOptions)}.{nameof(ApiClientOptions.BaseAddress)} with AddApiClient(\"{client}\", ...) or {nameof(ApiHandlerAttribute.BaseAddress)} of its [ApiHandler].");
        }

        var folder = baseAddress.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var relative = path.TrimStart('/');
        var text = relative.Length == 0 || relative[0] is '?' ? folder + relative : $"{folder}/{relative}";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var address)
            || !SameOrigin(address, baseAddress)
            || !$"{address.AbsolutePath}/".StartsWith($"{baseAddress.AbsolutePath.TrimEnd('/')}/", StringComparison.Ordinal))
        {
            throw new ValidationException($"API client '{client}': the path '{WithoutQuery(path)}' leaves the base address {Display(baseAddress)}.");
        }

        return address;
    }

    private static Uri AddQuery(Uri address, IEnumerable<KeyValuePair<string, string>> query)
    {
        var added = string.Join('&', query.Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));
        if (added.Length == 0)
            return address;
        var present = address.Query.TrimStart('?');
        return new UriBuilder(address) { Query = present.Length == 0 ? added : $"{present}&{added}", Fragment = "" }.Uri;
    }

    public static string WithoutQuery(string path) => path.IndexOf('?', StringComparison.Ordinal) is var at and >= 0 ? path[..at] : path;
}
