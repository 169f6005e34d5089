using Microsoft.AspNetCore.Http;

namespace Tasker.Http.Tests;

public sealed class PagingTests
{
    [Fact]
    public async Task Cursors_lead_from_page_to_page()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add(http.Request.QueryString.Value!);
            return http.Request.Query["cursor"].ToString() switch
            {
                "" => PageAsync(http, "A", "B", next: "c&2"),
                "c&2" => PageAsync(http, "C", next: "c3"),
                _ => PageAsync(http),
            };
        });
        await using var host = new ApiHost(api.Address);
        var request = ApiRequest.Get("rates").WithQuery("limit", 2);
        var library = await host.Client.ItemsAsync(request, TestJson.Default.RatePage, ApiPaging.ByCursor<RatePage>(page => page.Next), page => page.Items).ToListAsync();
        Assert.Equal(["A", "B", "C"], library.Select(rate => rate.Currency));
        Assert.Equal(["?limit=2", "?limit=2&cursor=c%262", "?limit=2&cursor=c3"], seen);
    }

    [Fact]
    public async Task Page_numbers_are_counted_up()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add(http.Request.QueryString.Value!);
            return http.Request.Query["p"] == "2" ? PageAsync(http) : PageAsync(http, "A");
        });
        await using var host = new ApiHost(api.Address);
        var paging = ApiPaging.ByPageNumber<RatePage>(page => page.Items.Count > 0, "p", firstPage: 0);
        var pages = await host.Client.PagesAsync(ApiRequest.Get("rates"), TestJson.Default.RatePage, paging).ToListAsync();
        Assert.Equal(["?p=0", "?p=1", "?p=2"], seen);
        Assert.Equal([1, 1, 0], pages.Select(page => page.Items.Count));
    }

    [Fact]
    public async Task Link_headers_lead_from_page_to_page_with_the_headers_of_the_request()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add($"{http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Authorization} {http.Request.Headers["X-A"]}");
            http.Response.Headers.Link = http.Request.Query["page"].ToString() switch
            {
                "" => new(["""<https://other.example/x>; rel="prev"; title="a, <b>; rel=next", </v2/rates?page=2&limit=1>; title="n"; rel="last next" """]),
                "2" => new(["<?page=3>; rel=next"]),
                _ => new(["</rates>; rel=first"]),
            };
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""[{"currency":"A","value":1}]""");
        });
        await using var host = new ApiHost(new Uri(api.Address, "v1"), options => options.Authentication = ApiAuthentication.Bearer("s3cret"));
        var items = await host.Client.ItemsAsync(
            ApiRequest.Get("rates").WithQuery("limit", 1).WithHeader("X-A", "a"), TestJson.Default.ListRate, ApiPaging.ByLink<List<Rate>>(), page => page).ToListAsync();
        Assert.Equal(3, items.Count);
        Assert.Equal(["/v1/rates?limit=1 Bearer s3cret a", "/v2/rates?page=2&limit=1 Bearer s3cret a", "/v2/rates?page=3 Bearer s3cret a"], seen);
    }

    [Fact]
    public async Task Addresses_in_the_body_lead_from_page_to_page()
    {
        TestApi? self = null;
        await using var api = await TestApi.StartAsync(http => http.Request.Path.Value switch
        {
            "/rates" => PageAsync(http, "A", next: new Uri(self!.Address, "second").AbsoluteUri),
            "/second" => PageAsync(http, "B", next: "third"),
            _ => PageAsync(http, "C", next: ""),
        });
        self = api;
        await using var host = new ApiHost(api.Address);
        var items = await host.Client.ItemsAsync(ApiRequest.Get("rates"), TestJson.Default.RatePage, ApiPaging.ByAddress<RatePage>(page => page.Next), page => page.Items).ToListAsync();
        Assert.Equal(["A", "B", "C"], items.Select(rate => rate.Currency));
    }

    [Theory]
    [InlineData("https://other.example/rates?token=s3cret")]
    [InlineData("//other.example/rates")]
    [InlineData("file:///etc/passwd")]
    public async Task A_next_page_of_another_origin_is_refused(string next)
    {
        await using var api = await TestApi.StartAsync(http => PageAsync(http, "A", next: next));
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() =>
            host.Client.PagesAsync(ApiRequest.Get("rates"), TestJson.Default.RatePage, ApiPaging.ByAddress<RatePage>(page => page.Next)).ToListAsync().AsTask());
        Assert.Equal("invalid_response", error.ErrorType);
        Assert.False(error.Retryable);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_server_is_given_up_after_the_allowed_pages()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http => PageAsync(http, "A", next: $"c{++seen}"));
        await using var host = new ApiHost(api.Address);
        var items = new List<Rate>();
        var error = await Assert.ThrowsAsync<ApiException>(async () =>
        {
            await foreach (var item in host.Client.ItemsAsync(
                ApiRequest.Get("rates?key=s3cret"), TestJson.Default.RatePage, ApiPaging.ByCursor<RatePage>(page => page.Next, maxPages: 7), page => page.Items))
                items.Add(item);
        });
        Assert.Equal("too_many_pages", error.ErrorType);
        Assert.False(error.Retryable);
        Assert.Equal("API client 'call_api': the answer of GET rates has more than 7 pages; raise maxPages if that is right.", error.Message);
        Assert.Equal(7, items.Count);
        Assert.Equal(7, seen);
    }

    [Fact]
    public async Task Exactly_the_allowed_pages_are_no_failure()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http => PageAsync(http, "A", next: ++seen < 3 ? $"c{seen}" : null));
        await using var host = new ApiHost(api.Address);
        var pages = await host.Client.PagesAsync(
            ApiRequest.Get("rates"), TestJson.Default.RatePage, ApiPaging.ByCursor<RatePage>(page => page.Next, maxPages: 3)).ToListAsync();
        Assert.Equal(3, pages.Count);
    }

    [Theory]
    [InlineData("cursor")]
    [InlineData("link")]
    public async Task Pages_that_go_in_a_circle_are_given_up(string kind)
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            var next = seen % 2 == 0 ? "a" : "b";
            http.Response.Headers.Link = $"<?at={next}>; rel=next";
            return PageAsync(http, "A", next: next);
        });
        await using var host = new ApiHost(api.Address);
        var paging = kind is "link" ? ApiPaging.ByLink<RatePage>() : ApiPaging.ByCursor<RatePage>(page => page.Next, "at");
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.PagesAsync(ApiRequest.Get("rates"), TestJson.Default.RatePage, paging).ToListAsync().AsTask());
        Assert.Equal("pagination_loop", error.ErrorType);
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task A_page_is_read_only_when_it_is_asked_for_and_with_a_generated_reader_too()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            http.Response.Headers.Link = $"<?page={seen}>; rel=next";
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"currency":"A","value":1}""");
        });
        await using var host = new ApiHost(api.Address);
        var items = host.Client.ItemsAsync(ApiRequest.Get("rates"), TestJson.RateCodec, ApiPaging.ByLink<Rate>(), page => new[] { page });
        Assert.Equal(0, seen);
        Assert.Equal(2, await items.Take(2).CountAsync());
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task A_failing_page_fails_the_enumeration()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            if (http.Request.Query.ContainsKey("cursor"))
            {
                http.Response.StatusCode = 503;
                return Task.CompletedTask;
            }

            return PageAsync(http, "A", next: "c2");
        });
        await using var host = new ApiHost(api.Address);
        var pages = host.Client.PagesAsync(ApiRequest.Get("rates"), TestJson.Default.RatePage, ApiPaging.ByCursor<RatePage>(page => page.Next));
        await using var enumerator = pages.GetAsyncEnumerator();
        Assert.True(await enumerator.MoveNextAsync());
        var error = await Assert.ThrowsAsync<ApiException>(() => enumerator.MoveNextAsync().AsTask());
        Assert.Equal("service_unavailable", error.ErrorType);
    }

    private static Task PageAsync(HttpContext http, string? first = null, string? second = null, string? next = null)
    {
        http.Response.ContentType = "application/json";
        var items = string.Join(',', new[] { first, second }.OfType<string>().Select(currency => $$"""{"currency":"{{currency}}","value":1}"""));
        return http.Response.WriteAsync($$"""{"items":[{{items}}],"next":{{(next is null ? "null" : $"\"{next}\"")}}}""");
    }
}
