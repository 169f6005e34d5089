using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization.Metadata;
using Tasker.Json;

namespace Tasker.Http;

/// <summary>
/// Reads answers that come in pages, each when it is asked for. Enumerating throws what
/// <see cref="ApiClient.SendAsync(ApiRequest, CancellationToken)"/> throws, and an <see cref="ApiException"/> when pages go in a circle or
/// are more than allowed.
/// </summary>
public static class ApiClientPages
{
    extension(ApiClient client)
    {
        /// <summary>The pages of an answer.</summary>
        public IAsyncEnumerable<TPage> PagesAsync<TPage>(
            ApiRequest request, JsonTypeInfo<TPage> type, ApiPaging<TPage> paging, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(type);
            return ReadAsync(client, request, new ApiJson<TPage>(type), paging, cancellationToken);
        }

        /// <summary>The pages of an answer, with a generated reader.</summary>
        public IAsyncEnumerable<TPage> PagesAsync<TPage>(
            ApiRequest request, JsonCodec<TPage> codec, ApiPaging<TPage> paging, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(codec);
            return ReadAsync(client, request, new ApiJson<TPage>(codec), paging, cancellationToken);
        }

        /// <summary>The items of all pages of an answer.</summary>
        public IAsyncEnumerable<T> ItemsAsync<TPage, T>(
            ApiRequest request,
            JsonTypeInfo<TPage> type,
            ApiPaging<TPage> paging,
            Func<TPage, IEnumerable<T>> items,
            CancellationToken cancellationToken = default) => FlattenAsync(client.PagesAsync(request, type, paging, cancellationToken), items, cancellationToken);

        /// <summary>The items of all pages of an answer, with a generated reader.</summary>
        public IAsyncEnumerable<T> ItemsAsync<TPage, T>(
            ApiRequest request,
            JsonCodec<TPage> codec,
            ApiPaging<TPage> paging,
            Func<TPage, IEnumerable<T>> items,
            CancellationToken cancellationToken = default) => FlattenAsync(client.PagesAsync(request, codec, paging, cancellationToken), items, cancellationToken);
    }

    private static async IAsyncEnumerable<TPage> ReadAsync<TPage>(
        ApiClient client,
        ApiRequest request,
        ApiJson<TPage> json,
        ApiPaging<TPage> paging,
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = paging.First(request);
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var pages = 1; next is not null; pages++)
        {
            if (pages > paging.MaxPages)
                throw Endless(client, request, "too_many_pages", string.Create(CultureInfo.InvariantCulture, $"has more than {paging.MaxPages} pages; raise maxPages if that is right"));
            var current = next;
            TPage page;
            using (var response = await client.SendJsonAsync(current, cancellationToken).ConfigureAwait(false))
            {
                page = await response.ReadJsonAsync(json, cancellationToken).ConfigureAwait(false);
                next = paging.Next(current, page, response, pages);
            }

            seen.Add(Key(current));
            yield return page;
            if (next is not null && seen.Contains(Key(next)))
                throw Endless(client, request, "pagination_loop", "leads from one of its pages back to one that was read");
        }
    }

    private static async IAsyncEnumerable<T> FlattenAsync<TPage, T>(
        IAsyncEnumerable<TPage> pages, Func<TPage, IEnumerable<T>> items, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var page in pages.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            foreach (var item in items(page))
                yield return item;
        }
    }

    private static string Key(ApiRequest request) =>
        request.Path + "?" + string.Join('&', request.QueryParameters.Select(static pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value)}"));

    private static ApiException Endless(ApiClient client, ApiRequest request, string errorType, string what) =>
        new($"API client '{client.Name}': the answer of {request.Method} {ApiAddress.WithoutQuery(request.Path)} {what}.", errorType, retryable: false);
}
