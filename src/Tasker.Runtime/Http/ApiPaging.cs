using System.Globalization;

namespace Tasker.Http;

/// <summary>How one page of an answer leads to the next. Immutable, safe to share between threads.</summary>
/// <typeparam name="TPage">What one page is read as.</typeparam>
public sealed class ApiPaging<TPage>
{
    internal ApiPaging(int maxPages, Func<ApiRequest, TPage, ApiResponse, int, ApiRequest?> next, Func<ApiRequest, ApiRequest>? first = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxPages, 1);
        MaxPages = maxPages;
        Next = next;
        First = first ?? (static request => request);
    }

    internal int MaxPages { get; }

    internal Func<ApiRequest, ApiRequest> First { get; }

    /// <summary>The request for the page after one; <see langword="null"/> after the last. Also gets how many pages there were.</summary>
    internal Func<ApiRequest, TPage, ApiResponse, int, ApiRequest?> Next { get; }
}

/// <summary>
/// The ways in which APIs divide their answers into pages. Every way ends: with a failure when more pages come than allowed, or when a
/// page leads back to one that was read, since leaving the rest out would look like success.
/// </summary>
public static class ApiPaging
{
    /// <summary>How many pages are read when nothing else is said.</summary>
    public const int DefaultMaxPages = 100;

    /// <summary>Each page names the cursor of the next one.</summary>
    /// <param name="next">The cursor in a page; <see langword="null"/> or empty on the last.</param>
    /// <param name="parameter">The query parameter that takes it.</param>
    /// <param name="maxPages">How many pages may come.</param>
    public static ApiPaging<TPage> ByCursor<TPage>(Func<TPage, string?> next, string parameter = "cursor", int maxPages = DefaultMaxPages) =>
        new(maxPages, (request, page, _, _) => next(page) is { Length: > 0 } cursor ? request.WithQueryReplaced(parameter, cursor) : null);

    /// <summary>Pages have numbers.</summary>
    /// <param name="hasMore">Whether a page has another one after it, such as <c>page => page.Items.Count > 0</c>.</param>
    /// <param name="parameter">The query parameter that takes the number.</param>
    /// <param name="firstPage">The number of the first page.</param>
    /// <param name="maxPages">How many pages may come.</param>
    public static ApiPaging<TPage> ByPageNumber<TPage>(Func<TPage, bool> hasMore, string parameter = "page", int firstPage = 1, int maxPages = DefaultMaxPages)
    {
        ApiRequest Numbered(ApiRequest request, int number) => request.WithQueryReplaced(parameter, number.ToString(CultureInfo.InvariantCulture));
        return new(
            maxPages,
            (request, page, _, pages) => hasMore(page) ? Numbered(request, firstPage + pages) : null,
            request => Numbered(request, firstPage));
    }

    /// <summary>Each answer names the address of the next page in its <c>Link</c> header with <c>rel="next"</c> (RFC 8288).</summary>
    /// <param name="maxPages">How many pages may come.</param>
    public static ApiPaging<TPage> ByLink<TPage>(int maxPages = DefaultMaxPages) =>
        new(maxPages, static (request, _, response, _) => At(request, response, LinkHeader.Next(response.Header("Link"))));

    /// <summary>Each page names the address of the next one.</summary>
    /// <param name="next">The address in a page, absolute or relative to the page's own; <see langword="null"/> or empty on the last.</param>
    /// <param name="maxPages">How many pages may come.</param>
    public static ApiPaging<TPage> ByAddress<TPage>(Func<TPage, string?> next, int maxPages = DefaultMaxPages) =>
        new(maxPages, (request, page, response, _) => At(request, response, next(page)));

    private static ApiRequest? At(ApiRequest request, ApiResponse response, string? next)
    {
        if (string.IsNullOrEmpty(next))
            return null;
        if (!Uri.TryCreate(response.Address, next, out var address) || !ApiAddress.IsHttp(address) || !ApiAddress.SameOrigin(address, response.Address!))
            throw new ApiException("The address of the next page is not valid or of another origin, where credentials must not go.", "invalid_response", retryable: false);
        return request.At(address);
    }
}
