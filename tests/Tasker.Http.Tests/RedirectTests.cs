using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tasker.Http.Tests;

public sealed class RedirectTests
{
    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_read_follows_redirects_of_its_origin_with_its_credentials(int status)
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Authorization} {http.Request.Headers["X-Tenant"]}");
            return http.Request.Path == "/old" ? RedirectAsync(http, status, "/new?a=1") : http.Response.WriteAsync("new");
        });
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Authentication = ApiAuthentication.Bearer("s3cret");
            options.DefaultHeaders["X-Tenant"] = "t";
        });
        using var response = await host.Client.SendAsync(ApiRequest.Get("old"));
        Assert.Equal("new", await response.ReadTextAsync());
        Assert.Equal(["GET /old Bearer s3cret t", "GET /new?a=1 Bearer s3cret t"], seen);
    }

    [Fact]
    public async Task Another_origin_gets_neither_credentials_nor_headers_and_coming_back_does_not_restore_them()
    {
        var seen = new List<string>();
        TestApi? first = null;
        await using var other = await TestApi.StartAsync(http =>
        {
            seen.Add($"other: {string.Join(' ', http.Request.Headers.Keys.Order(StringComparer.Ordinal))}");
            return RedirectAsync(http, 302, new Uri(first!.Address, "back").AbsoluteUri);
        });
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add($"origin: {string.Join(' ', http.Request.Headers.Keys.Order(StringComparer.Ordinal))}");
            return http.Request.Path == "/old" ? RedirectAsync(http, 302, new Uri(other.Address, "new").AbsoluteUri) : http.Response.WriteAsync("back");
        });
        first = api;
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Authentication = ApiAuthentication.ApiKey("s3cret");
            options.DefaultHeaders["X-Tenant"] = "t";
        });
        using var response = await host.Client.SendAsync(ApiRequest.Get("old").WithHeader("Authorization", "Custom abc").WithHeader("Accept", "text/plain").WithHeader("Cookie", "a=b"));
        Assert.Equal("back", await response.ReadTextAsync());
        Assert.Equal(
            [
                "origin: Accept Accept-Encoding Authorization Cookie Host User-Agent X-API-Key X-Tenant",
                "other: Accept Accept-Encoding Host User-Agent",
                "origin: Accept Accept-Encoding Host User-Agent",
            ],
            seen);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_write_is_repeated_with_its_body_where_the_redirect_says_so(int status)
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen.Add($"{http.Request.Method} {http.Request.Path} {await reader.ReadToEndAsync()}");
            if (http.Request.Path == "/old")
                await RedirectAsync(http, status, "new");
        });
        await using var host = new ApiHost(api.Address);
        await host.Client.PostAsync("old", new Rate("EUR", 1), TestJson.Default.Rate);
        Assert.Equal(["""POST /old {"currency":"EUR","value":1}""", """POST /new {"currency":"EUR","value":1}"""], seen);
    }

    [Fact]
    public async Task After_a_write_See_Other_is_read()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add($"{http.Request.Method} {http.Request.Path} {http.Request.ContentType}");
            return http.Request.Path == "/jobs" ? RedirectAsync(http, 303, "/jobs/7") : http.Response.WriteAsync("job 7");
        });
        await using var host = new ApiHost(api.Address);
        using var response = await host.Client.SendAsync(ApiRequest.Post("jobs").WithJson(new Rate("EUR", 1), TestJson.Default.Rate).WithHeader("Content-Language", "en"));
        Assert.Equal("job 7", await response.ReadTextAsync());
        Assert.Equal(["POST /jobs application/json; charset=utf-8", "GET /jobs/7 "], seen);
    }

    [Theory]
    [InlineData("POST", 301, "new", "it does not say whether POST is to be repeated")]
    [InlineData("DELETE", 302, "new", "it does not say whether DELETE is to be repeated")]
    [InlineData("POST", 307, "http://other.invalid/new?token=s3cret", "it takes the body of POST to another origin")]
    [InlineData("GET", 302, "ftp://other.invalid/new", "it does not lead to an http or https address without a user name")]
    [InlineData("GET", 302, "http://me:s3cret@other.invalid/new", "it does not lead to an http or https address without a user name")]
    public async Task A_redirect_that_would_change_or_leak_the_request_fails_for_good(string method, int status, string location, string why)
    {
        await using var api = await TestApi.StartAsync(http => RedirectAsync(http, status, location));
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(new ApiRequest(new HttpMethod(method), "old")));
        Assert.Equal("http_error", error.ErrorType);
        Assert.False(error.Retryable);
        Assert.Equal(status, error.StatusCode);
        Assert.StartsWith($"HTTP {status}: the redirect to ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($" was not followed: {why}.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Encryption_is_never_given_up()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server(IPAddress.Loopback);
        await using var plain = await TestApi.StartAsync(http => http.Response.WriteAsync("plain"));
        await using var api = await TestApi.StartAsync(http => RedirectAsync(http, 302, plain.Address.AbsoluteUri), https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address, options => options.Tls.CustomRoots.Add(authority.Root));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(ApiRequest.Get("a")));
        Assert.EndsWith(" was not followed: it gives up encryption.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_certificate_is_not_shown_to_another_origin()
    {
        using var authority = new Certificates();
        using var certificate = authority.Server(IPAddress.Loopback);
        using var own = authority.Client("worker");
        await using var api = await TestApi.StartAsync(http => RedirectAsync(http, 302, "https://other.invalid/"), https => https.ServerCertificate = certificate);
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Tls.CustomRoots.Add(authority.Root);
            options.Tls.ClientCertificate = own;
        });
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(ApiRequest.Get("a")));
        Assert.EndsWith("it leads to another origin, and the client certificate is for this one.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(3, 4)]
    public async Task Redirects_without_end_are_given_up(int allowed, int requests)
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            return RedirectAsync(http, 302, "/again");
        });
        await using var host = new ApiHost(api.Address, options => options.MaxRedirects = allowed);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(ApiRequest.Get("a")));
        Assert.EndsWith($"it is more than {allowed} redirects (ApiClientOptions.MaxRedirects).", error.Message, StringComparison.Ordinal);
        Assert.Equal(requests, seen);
    }

    [Fact]
    public async Task An_expected_redirect_is_an_answer()
    {
        await using var api = await TestApi.StartAsync(http => RedirectAsync(http, 302, "/elsewhere"));
        await using var host = new ApiHost(api.Address);
        using var response = await host.Client.SendAsync(ApiRequest.Get("a").WithExpectedStatus(302));
        Assert.Equal("/elsewhere", response.Header("Location"));
    }

    [Fact]
    public async Task A_redirect_to_nowhere_is_a_failure()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 302;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(ApiRequest.Get("a")));
        Assert.Equal("HTTP 302: HTTP Error", error.Message);
    }

    private static Task RedirectAsync(HttpContext http, int status, string location)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = location;
        return Task.CompletedTask;
    }
}
