using System.IO.Compression;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Tasker.Http.Tests;

public sealed class VerbTests
{
    private static readonly Rate Euro = new("EUR", 1.10m);

    [Fact]
    public async Task Get_reads_JSON_with_both_kinds_of_serializer()
    {
        await using var api = await TestApi.StartAsync(http => JsonAsync(http, """{"currency":"EUR","value":1.10,"more":[1]}"""));
        await using var host = new ApiHost(api.Address);
        Assert.Equal(Euro, await host.Client.GetAsync("rates/EUR", TestJson.Default.Rate));
        Assert.Equal(Euro, await host.Client.GetAsync("rates/EUR", TestJson.RateCodec));
    }

    [Theory]
    [InlineData("POST")]
    [InlineData("PUT")]
    [InlineData("PATCH")]
    public async Task Bodies_are_JSON_and_so_are_answers(string method)
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen.Add($"{http.Request.Method} {http.Request.Path} {http.Request.ContentType} {await reader.ReadToEndAsync()}");
            await JsonAsync(http, """{"currency":"USD","value":2}""");
        });
        await using var host = new ApiHost(api.Address);
        var client = host.Client;
        Rate[] answers = method switch
        {
            "POST" => [await client.PostAsync("rates", Euro, TestJson.Default.Rate, TestJson.Default.Rate), await client.PostAsync("rates", Euro, TestJson.RateCodec, TestJson.RateCodec)],
            "PUT" => [await client.PutAsync("rates", Euro, TestJson.Default.Rate, TestJson.Default.Rate), await client.PutAsync("rates", Euro, TestJson.RateCodec, TestJson.RateCodec)],
            _ => [await client.PatchAsync("rates", Euro, TestJson.Default.Rate, TestJson.Default.Rate), await client.PatchAsync("rates", Euro, TestJson.RateCodec, TestJson.RateCodec)],
        };
        await (method switch
        {
            "POST" => client.PostAsync("rates", Euro, TestJson.Default.Rate),
            "PUT" => client.PutAsync("rates", Euro, TestJson.Default.Rate),
            _ => client.PatchAsync("rates", Euro, TestJson.Default.Rate),
        });
        await (method switch
        {
            "POST" => client.PostAsync("rates", Euro, TestJson.RateCodec),
            "PUT" => client.PutAsync("rates", Euro, TestJson.RateCodec),
            _ => client.PatchAsync("rates", Euro, TestJson.RateCodec),
        });

        Assert.All(answers, answer => Assert.Equal(new Rate("USD", 2), answer));
        Assert.Equal(4, seen.Count);
        Assert.All(seen, request => Assert.Equal($$"""{{method}} /rates application/json; charset=utf-8 {"currency":"EUR","value":1.10}""", request));
    }

    [Fact]
    public async Task Delete_takes_204_for_an_answer()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = $"{http.Request.Method} {http.Request.Path}";
            http.Response.StatusCode = 204;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        await host.Client.DeleteAsync("rates/EUR");
        Assert.Equal("DELETE /rates/EUR", seen);
    }

    [Fact]
    public async Task Send_shows_the_head_of_an_answer_before_its_body()
    {
        await using var api = await TestApi.StartAsync(async http =>
        {
            http.Response.StatusCode = 202;
            http.Response.ContentType = "text/plain; charset=iso-8859-1";
            http.Response.Headers["X-Job"] = new(["7", "8"]);
            await http.Response.Body.WriteAsync(Encoding.Latin1.GetBytes("Zoë"));
        });
        await using var host = new ApiHost(api.Address);
        using var response = await host.Client.SendAsync(ApiRequest.Post("jobs"));
        Assert.Equal(202, response.StatusCode);
        Assert.True(response.IsSuccess);
        Assert.Equal("text/plain", response.ContentType);
        Assert.Equal("7, 8", response.Header("x-job"));
        Assert.Null(response.Header("X-None"));
        Assert.Equal("Zoë", await response.ReadTextAsync());
    }

    [Fact]
    public async Task JSON_in_another_character_set_and_with_a_byte_order_mark_is_read()
    {
        await using var api = await TestApi.StartAsync(async http =>
        {
            var latin = http.Request.Path == "/latin";
            http.Response.ContentType = latin ? "application/json; charset=iso-8859-1" : "application/problem+json";
            const string Json = """{"currency":"Zoë","value":1}""";
            await http.Response.Body.WriteAsync(latin ? Encoding.Latin1.GetBytes(Json) : [.. Encoding.UTF8.Preamble, .. Encoding.UTF8.GetBytes(Json)]);
        });
        await using var host = new ApiHost(api.Address);
        foreach (var path in (string[])["latin", "mark"])
        {
            Assert.Equal(new Rate("Zoë", 1), await host.Client.GetAsync(path, TestJson.Default.Rate));
            Assert.Equal(new Rate("Zoë", 1), await host.Client.GetAsync(path, TestJson.RateCodec));
        }
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public async Task Compressed_answers_are_read(string encoding)
    {
        await using var api = await TestApi.StartAsync(async http =>
        {
            Assert.Contains(encoding, http.Request.Headers.AcceptEncoding.ToString(), StringComparison.Ordinal);
            http.Response.ContentType = "application/json";
            http.Response.Headers.ContentEncoding = encoding;
            Stream compressed = encoding is "gzip"
                ? new GZipStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true)
                : new BrotliStream(http.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
            await using (compressed)
                await compressed.WriteAsync("""{"currency":"EUR","value":1.10}"""u8.ToArray());
        });
        await using var host = new ApiHost(api.Address);
        Assert.Equal(Euro, await host.Client.GetAsync("rates", TestJson.Default.Rate));
    }

    [Fact]
    public async Task Query_headers_and_form_are_sent_as_given()
    {
        var headers = "";
        var seen = "";
        await using var api = await TestApi.StartAsync(async http =>
        {
            headers = $"{http.Request.Headers["X-Tenant"]} {http.Request.Headers["X-Region"]} {http.Request.Headers.UserAgent}";
            var form = await http.Request.ReadFormAsync();
            seen = $"{http.Request.Path}{http.Request.QueryString} {form["name"]} {form["city"]}";
        });
        await using var host = new ApiHost(new Uri(api.Address, "v1"), options =>
        {
            options.DefaultHeaders["X-Tenant"] = "default";
            options.DefaultHeaders["X-Region"] = "eu";
        });
        using var response = await host.Client.SendAsync(ApiRequest.Post("/search?a=1")
            .WithQuery("q", "a&b=c d")
            .WithQuery("none", (string?)null)
            .WithQuery("page", 2)
            .WithQuery("no_number", (int?)null)
            .WithQuery("exact", true)
            .WithQuery("day", new DateOnly(2026, 2, 1))
            .WithQuery("price", 1.5m)
            .WithHeader("x-tenant", "mine")
            .WithForm([new("name", "Zoë & Co"), new("city", "Köln")]));
        Assert.Equal("/v1/search?a=1&q=a%26b%3Dc%20d&page=2&exact=true&day=2026-02-01&price=1.5 Zoë & Co Köln", seen);
        Assert.Equal("mine eu Tasker", headers);
    }

    [Fact]
    public async Task A_request_is_not_changed_by_the_requests_made_from_it()
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(http =>
        {
            seen.Add($"{http.Request.QueryString}{http.Request.Headers["X-A"]}");
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        var request = ApiRequest.Get("a");
        (await host.Client.SendAsync(request.WithQuery("b", 1).WithHeader("X-A", "2"))).Dispose();
        (await host.Client.SendAsync(request)).Dispose();
        Assert.Equal(["?b=12", ""], seen);
    }

    [Fact]
    public async Task A_header_that_describes_a_body_needs_one()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.ContentType!;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        (await host.Client.SendAsync(ApiRequest.Post("a").WithJson(Euro, TestJson.Default.Rate).WithHeader("Content-Type", "application/vnd.rate+json"))).Dispose();
        Assert.Equal("application/vnd.rate+json", seen);
        var error = await Assert.ThrowsAsync<ValidationException>(() => host.Client.SendAsync(ApiRequest.Get("a").WithHeader("Content-Type", "text/plain")));
        Assert.Equal("The header 'Content-Type' describes a body, but the request has none.", error.Message);
    }

    [Fact]
    public async Task Bodies_written_by_the_caller_are_sent()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen = await reader.ReadToEndAsync();
        });
        await using var host = new ApiHost(api.Address);
        (await host.Client.SendAsync(ApiRequest.Put("a").WithBody(() => new StringContent("own words")))).Dispose();
        Assert.Equal("own words", seen);
    }

    [Fact]
    public async Task An_expected_status_is_an_answer()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        using var response = await host.Client.SendAsync(ApiRequest.Get("rates/XXX").WithExpectedStatus(404, 410));
        Assert.Equal(404, response.StatusCode);
        Assert.False(response.IsSuccess);
    }

    private static Task JsonAsync(HttpContext http, string json)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    }
}
