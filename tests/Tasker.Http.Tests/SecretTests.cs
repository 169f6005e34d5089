using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Tasker.Http.Tests;

public sealed class SecretTests
{
    private const string Secret = "s3cr\"t+/=Token";

    public static TheoryData<string, string> Credentials => new()
    {
        { "bearer", $"Authorization: Bearer {Secret}" },
        { "basic", $"Authorization: Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"zoë:{Secret}"))}" },
        { "key", $"X-API-Key: {Secret}" },
        { "own key", $"X-Rates-Auth: {Secret}" },
        { "provider", $"Authorization: Bearer {Secret}" },
    };

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task Requests_carry_the_credential(string kind, string expected)
    {
        var header = expected[..expected.IndexOf(':', StringComparison.Ordinal)];
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = $"{header}: {http.Request.Headers[header]}";
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, options => options.Authentication = Authenticate(kind));
        await host.Client.DeleteAsync("a");
        Assert.Equal(expected, seen);
    }

    [Theory]
    [MemberData(nameof(Credentials))]
    public async Task A_secret_is_in_no_log_and_no_exception_even_when_the_API_repeats_it(string kind, string expected)
    {
        _ = expected;
        await using var api = await TestApi.StartAsync(async http =>
        {
            var heard = string.Join(' ', http.Request.Headers.SelectMany(header => header.Value)) + http.Request.QueryString;
            var quoted = System.Text.Json.JsonSerializer.Serialize(heard, TestJson.Default.String);
            http.Response.StatusCode = http.Request.Path.Value switch { "/redirect" => 302, "/json" or "/text" => 200, _ => 401 };
            http.Response.Headers.Location = "ftp://elsewhere/" + Uri.EscapeDataString(heard);
            http.Response.ContentType = http.Request.Path == "/text" ? "text/" + Uri.EscapeDataString(heard.Replace(' ', '_')) : "application/json";
            await http.Response.WriteAsync(http.Request.Path == "/json" ? $$"""{"currency":{{quoted}},"value":{{quoted}}}""" : $$"""{"error":{{quoted}}}""");
        });
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Authentication = Authenticate(kind);
            options.DefaultHeaders["X-Second-Key"] = "sec0nd/secret";
        });
        var request = ApiRequest.Get("fail").WithQuery("api_key", "qu3ry-secret").WithHeader("Cookie", "c00kie=secret");
        var errors = new List<ApiException>();
        foreach (var path in (string[])["fail", "redirect", "json", "text"])
        {
            var here = ApiRequest.Get(path).WithQuery("api_key", "qu3ry-secret").WithHeader("Cookie", "c00kie=secret");
            errors.Add(await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(here, TestJson.Default.Rate)));
            errors.Add(await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(here, TestJson.RateCodec)));
        }

        await api.DisposeAsync();
        errors.Add(await Assert.ThrowsAsync<ApiException>(() => host.Client.SendAsync(request)));

        var shown = string.Join('\n', errors.Select(error => $"{error} {string.Join(' ', error.Context!.Values)}").Concat(host.Logs.Lines));
        Assert.Contains("***", errors[0].Message, StringComparison.Ordinal);
        Assert.Contains("fail?*", shown, StringComparison.Ordinal);
        string[] secrets = [Secret, "qu3ry-secret", Uri.EscapeDataString(Secret), "sec0nd/secret", "c00kie=secret", Convert.ToBase64String(Encoding.UTF8.GetBytes($"zoë:{Secret}"))];
        Assert.All(secrets, secret => Assert.DoesNotContain(secret, shown, StringComparison.Ordinal));
        Assert.All(errors, error => Assert.DoesNotContain("?api_key", error.Context!["request"], StringComparison.Ordinal));
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "bearer null", "Authentication: the Bearer token is missing or empty" },
        { "bearer blank", "Authentication: the Bearer token is missing or empty" },
        { "bearer line", "Authentication: the Bearer token begins or ends with white space, or has a character that a header cannot carry, such as a line break" },
        { "basic user", "Authentication: the user name of Basic is missing or empty" },
        { "basic colon", "Authentication: the user name of Basic contains a colon, which Basic cannot carry" },
        { "basic password", "Authentication: the password of Basic is missing or empty" },
        { "key empty", "Authentication: the API key is missing or empty" },
        { "key header", "Authentication: the name of the API key's header is not a valid header name" },
        { "no base", "BaseAddress is not set, but Authentication is; credentials go to one origin only, so name it" },
        { "header empty", "DefaultHeaders[\"X-Token\"] is missing or empty" },
        { "header line", "DefaultHeaders[\"X-Token\"] has a character that a header cannot carry, such as a line break" },
        { "header name", "DefaultHeaders: 'X Token' is not a valid header name" },
        { "base relative", "BaseAddress: it must be an absolute http or https address, such as https://host/v1" },
        { "base user", "BaseAddress: it must not carry a user name or password; use ApiAuthentication.Basic" },
        { "base query", "BaseAddress: it must have no query and no fragment" },
        { "timeout", "Timeout is 00:00:00; it must be positive, or infinite for no limit" },
        { "bytes", "MaxResponseBytes is 0; it must be 1 or more" },
        { "head", "MaxResponseHeaderKilobytes is 0; it must be from 1 to 1048576" },
        { "redirects", "MaxRedirects is -1; it must be 0 or more" },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task A_wrong_setup_fails_loudly_and_names_the_option(string what, string problem)
    {
        await using var host = new ApiHost(new Uri("https://api.example"), options => Misconfigure(options, what));
        var error = Assert.Throws<ConfigurationException>(() => host.Client);
        Assert.Equal($"API client 'call_api': ApiClientOptions.{problem}.", error.Message);
        Assert.False(error.Retryable);
        Assert.DoesNotContain(Secret, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_missing_secret_stops_the_host_at_its_start()
    {
        await using var host = new ApiHost(new Uri("https://api.example"), options => options.Authentication = ApiAuthentication.Bearer(""));
        var start = host.Services.GetRequiredService<IStartupValidator>();
        var error = Assert.Throws<OptionsValidationException>(start.Validate);
        Assert.Equal("API client 'call_api': ApiClientOptions.Authentication: the Bearer token is missing or empty.", error.Message);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("two\nlines")]
    public async Task A_provider_without_a_usable_token_sends_no_request(string? token)
    {
        var requests = 0;
        await using var api = await TestApi.StartAsync(_ =>
        {
            requests++;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, options => options.Authentication = ApiAuthentication.TokenProvider((_, _) => new(token)));
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => host.Client.DeleteAsync("a"));
        Assert.StartsWith("API client 'call_api': ApiClientOptions.Authentication: the token from the token provider ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("two", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, requests);
    }

    [Fact]
    public async Task A_refused_token_is_renewed_once()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen.Add($"{http.Request.Headers.Authorization} {await reader.ReadToEndAsync()}");
            http.Response.StatusCode = http.Request.Headers.Authorization == "Bearer fresh" ? 204 : 401;
        });
        var asked = new List<ApiTokenRequest>();
        await using var host = new ApiHost(api.Address, options => options.Authentication = ApiAuthentication.TokenProvider((request, _) =>
        {
            asked.Add(request);
            return new(request.Refresh ? "fresh" : "stale");
        }));
        await host.Client.PostAsync("a", new Rate("EUR", 1), TestJson.Default.Rate);
        Assert.Equal(["""Bearer stale {"currency":"EUR","value":1}""", """Bearer fresh {"currency":"EUR","value":1}"""], seen);
        Assert.Equal([new ApiTokenRequest("call_api", false), new ApiTokenRequest("call_api", true)], asked);
    }

    [Theory]
    [InlineData("same", 1)]
    [InlineData("other", 2)]
    public async Task A_token_that_stays_refused_is_unauthorized(string renewed, int requests)
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            http.Response.StatusCode = 401;
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"error":"no"}""");
        });
        await using var host = new ApiHost(api.Address, options =>
            options.Authentication = ApiAuthentication.TokenProvider((request, _) => new(request.Refresh ? renewed : "same")));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("HTTP 401: no", error.Message);
        Assert.Equal("unauthorized", error.ErrorType);
        Assert.Equal(requests, seen);
    }

    [Fact]
    public async Task The_credential_wins_over_a_default_header_of_its_name()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.Headers.Authorization.ToString();
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, options =>
        {
            options.Authentication = ApiAuthentication.Bearer("mine");
            options.DefaultHeaders["authorization"] = "Bearer other";
        });
        await host.Client.DeleteAsync("a");
        Assert.Equal("Bearer mine", seen);
    }

    private static ApiAuthentication Authenticate(string kind) => kind switch
    {
        "bearer" => ApiAuthentication.Bearer(Secret),
        "basic" => ApiAuthentication.Basic("zoë", Secret),
        "key" => ApiAuthentication.ApiKey(Secret),
        "own key" => ApiAuthentication.ApiKey(Secret, "X-Rates-Auth"),
        _ => ApiAuthentication.TokenProvider((_, _) => new(Secret)),
    };

    private static void Misconfigure(ApiClientOptions options, string what)
    {
        switch (what)
        {
            case "bearer null": options.Authentication = ApiAuthentication.Bearer(null); break;
            case "bearer blank": options.Authentication = ApiAuthentication.Bearer("  "); break;
            case "bearer line": options.Authentication = ApiAuthentication.Bearer(Secret + "\n"); break;
            case "basic user": options.Authentication = ApiAuthentication.Basic(null, Secret); break;
            case "basic colon": options.Authentication = ApiAuthentication.Basic("a:b", Secret); break;
            case "basic password": options.Authentication = ApiAuthentication.Basic("a", ""); break;
            case "key empty": options.Authentication = ApiAuthentication.ApiKey(""); break;
            case "key header": options.Authentication = ApiAuthentication.ApiKey(Secret, "X Key"); break;
            case "no base":
                options.BaseAddress = null;
                options.Authentication = ApiAuthentication.Bearer(Secret);
                break;
            case "header empty": options.DefaultHeaders["X-Token"] = ""; break;
            case "header line": options.DefaultHeaders["X-Token"] = Secret + "\r\nX-Other: 1"; break;
            case "header name": options.DefaultHeaders["X Token"] = Secret; break;
            case "base relative": options.BaseAddress = new Uri("v1", UriKind.Relative); break;
            case "base user": options.BaseAddress = new Uri("https://me:secret@api.example"); break;
            case "base query": options.BaseAddress = new Uri("https://api.example?a=1"); break;
            case "timeout": options.Timeout = TimeSpan.Zero; break;
            case "bytes": options.MaxResponseBytes = 0; break;
            case "head": options.MaxResponseHeaderKilobytes = 0; break;
            default: options.MaxRedirects = -1; break;
        }
    }
}
