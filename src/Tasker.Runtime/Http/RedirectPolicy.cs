namespace Tasker.Http;

/// <summary>
/// Where a redirect may lead. The method never changes except to GET for 303, which says so; a body never goes to another origin, and
/// neither do credentials; encryption is never given up.
/// </summary>
internal static class RedirectPolicy
{
    /// <summary>The only headers that another origin gets to see: none of them says who asks.</summary>
    private static readonly string[] PublicHeaders = ["Accept", "Accept-Language", "Range", "User-Agent"];

    public static bool IsRedirect(int status) => status is 301 or 302 or 303 or 307 or 308;

    /// <summary>Why a redirect is not followed; <see langword="null"/> when it is.</summary>
    public static string? Objection(HttpMethod method, int status, Uri from, Uri to, bool hasClientCertificate)
    {
        if (!ApiAddress.IsHttp(to) || to.UserInfo.Length > 0)
            return "it does not lead to an http or https address without a user name";
        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme == Uri.UriSchemeHttp)
            return "it gives up encryption";
        var isRead = method == HttpMethod.Get || method == HttpMethod.Head;
        if (!isRead && status is 301 or 302)
            return $"it does not say whether {method} is to be repeated";
        if (ApiAddress.SameOrigin(from, to))
            return null;
        if (!isRead && status is not 303)
            return $"it takes the body of {method} to another origin";
        return hasClientCertificate ? "it leads to another origin, and the client certificate is for this one" : null;
    }

    public static HttpMethod NextMethod(HttpMethod method, int status) => status is 303 && method != HttpMethod.Head ? HttpMethod.Get : method;

    public static bool IsPublic(string header) => PublicHeaders.Contains(header, StringComparer.OrdinalIgnoreCase);
}
