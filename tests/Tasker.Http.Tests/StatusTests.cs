using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Tasker.Http.Tests;

/// <summary>Worker behaviour sheet §7.1 to §7.3.</summary>
public sealed class StatusTests
{
    [Theory]
    [InlineData(400, "bad_request", false, "Bad Request")]
    [InlineData(401, "unauthorized", false, "Unauthorized")]
    [InlineData(402, "client_error", false, "HTTP Error")]
    [InlineData(403, "forbidden", false, "Forbidden")]
    [InlineData(404, "not_found", false, "Not Found")]
    [InlineData(405, "method_not_allowed", false, "Method Not Allowed")]
    [InlineData(406, "client_error", false, "HTTP Error")]
    [InlineData(408, "request_timeout", true, "Request Timeout")]
    [InlineData(409, "conflict", false, "Conflict")]
    [InlineData(410, "gone", false, "Gone")]
    [InlineData(418, "client_error", false, "HTTP Error")]
    [InlineData(422, "unprocessable_entity", false, "Unprocessable Entity")]
    [InlineData(425, "client_error", false, "HTTP Error")]
    [InlineData(429, "rate_limited", true, "Too Many Requests")]
    [InlineData(451, "client_error", false, "HTTP Error")]
    [InlineData(500, "internal_server_error", true, "Internal Server Error")]
    [InlineData(501, "server_error", false, "HTTP Error")]
    [InlineData(502, "bad_gateway", true, "Bad Gateway")]
    [InlineData(503, "service_unavailable", true, "Service Unavailable")]
    [InlineData(504, "gateway_timeout", true, "Gateway Timeout")]
    [InlineData(505, "server_error", false, "HTTP Error")]
    [InlineData(599, "server_error", false, "HTTP Error")]
    [InlineData(300, "http_error", false, "HTTP Error")]
    [InlineData(304, "http_error", false, "HTTP Error")]
    [InlineData(399, "http_error", false, "HTTP Error")]
    [InlineData(600, "http_error", false, "HTTP Error")]
    public async Task Each_status_has_its_type_and_says_whether_to_retry(int status, string errorType, bool retryable, string reason)
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("rates?key=1", TestJson.Default.Rate));
        Assert.Equal(errorType, error.ErrorType);
        Assert.Equal(retryable, error.Retryable);
        Assert.Equal($"HTTP {status}: {reason}", error.Message);
        Assert.Equal(status, error.StatusCode);
        Assert.Equal($"HTTP_{status}", error.ErrorCode);
        Assert.Equal($"GET {api.Address}rates?*", error.Context!["request"]);
        Assert.False(error.Context.ContainsKey("response_body"));
        Assert.Null(error.RetryAfter);
    }

    [Theory]
    [InlineData(200)]
    [InlineData(201)]
    [InlineData(206)]
    [InlineData(299)]
    public async Task Every_status_from_200_to_299_is_a_success(int status)
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address);
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"));
        Assert.Equal(status, response.StatusCode);
    }

    [Fact]
    public async Task The_host_can_have_more_statuses_retried()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 409;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, options => options.AlsoRetryable.Add(409));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.True(error.Retryable);
        Assert.Equal("conflict", error.ErrorType);
    }

    [Theory]
    [InlineData("""{"error":"Invalid input"}""", "Invalid input")]
    [InlineData("""{"message":"second","error":"first"}""", "first")]
    [InlineData("""{"msg":"m","error_message":"em","detail":"d","message":"second"}""", "second")]
    [InlineData("""{"detail":"d","error_message":"em"}""", "d")]
    [InlineData("""{"msg":"m","error_message":"em"}""", "em")]
    [InlineData("""{"nested":{"error":"not this"},"msg":"m"}""", "m")]
    [InlineData("""{"error":{"code":7,"details":[1],"message":"inside"}}""", "inside")]
    [InlineData("""{"error":{"code":7},"message":"beside"}""", "beside")]
    [InlineData("""{"error":null,"message":"after null"}""", "after null")]
    [InlineData("""{"error":["a"],"detail":"after list"}""", "after list")]
    [InlineData("""{"error":"","message":"after empty"}""", "after empty")]
    [InlineData("""{"error":"before the damage","x":""", "before the damage")]
    [InlineData("""{"error":7}""", "Bad Request")]
    [InlineData("""["error"]""", "Bad Request")]
    [InlineData("""not json""", "Bad Request")]
    public async Task The_message_is_what_the_API_says(string body, string detail)
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(body);
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal($"HTTP 400: {detail}", error.Message);
        Assert.Equal(body, error.Context!["response_body"]);
    }

    [Fact]
    public async Task A_text_that_is_not_JSON_is_kept_but_is_not_the_message()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 502;
            http.Response.ContentType = "text/html";
            return http.Response.WriteAsync("""{"error":"<html>"}""");
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("HTTP 502: Bad Gateway", error.Message);
        Assert.Equal("""{"error":"<html>"}""", error.Context!["response_body"]);
    }

    [Fact]
    public async Task An_endless_error_body_costs_no_more_than_its_beginning()
    {
        long sent = 0;
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async connection =>
        {
            try
            {
                await connection.SendAsync("HTTP/1.1 500 Broken\r\nContent-Type: application/json\r\n\r\n{\"error\":\"broken\",\"trace\":\"");
                for (var chunk = new string('x', 64 * 1024); !connection.Stopped.IsCancellationRequested; sent += chunk.Length)
                    await connection.SendAsync(chunk);
            }
            finally
            {
                gone.SetResult();
            }
        });
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        await gone.Task;
        Assert.Equal("HTTP 500: broken", error.Message);
        Assert.InRange(error.Context!["response_body"].Length, 100, 2_001);
        Assert.InRange(sent, 0, 64 * 1024 * 1024);
    }

    [Fact]
    public async Task A_long_message_is_cut()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 400;
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""{"error":"{{new string('e', 5_000)}}"}""");
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal($"HTTP 400: {new string('e', 500)}…", error.Message);
    }

    [Fact]
    public async Task A_status_is_told_even_when_its_body_breaks_off()
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 503 Busy\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"error\":\"overloaded\",");
            connection.Reset();
        });
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("service_unavailable", error.ErrorType);
        Assert.StartsWith("HTTP 503: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_status_is_told_even_when_its_body_never_ends()
    {
        var time = new FakeTimeProvider();
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 500 Oops\r\nContent-Length: 1000\r\n\r\nx");
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, time: time);
        var call = host.Client.DeleteAsync("a");
        await host.Logs.WaitForAsync(" 500 ");
        time.Advance(ApiClientOptions.DefaultTimeout);
        var error = await Assert.ThrowsAsync<ApiException>(() => call);
        Assert.Equal("internal_server_error", error.ErrorType);
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("30", 30)]
    [InlineData(" 120 ", 120)]
    [InlineData("0", 0)]
    [InlineData("3600", 3600)]
    [InlineData("3601", 3600)]
    [InlineData("99999999999999999999999", 3600)]
    [InlineData("-5", 0)]
    [InlineData("1.5", 60)]
    [InlineData("10 seconds", 60)]
    [InlineData("soon", 60)]
    [InlineData("-", 60)]
    [InlineData("Wed, 21 Oct 2015 07:28:30 GMT", 30)]
    [InlineData("Wed, 21 Oct 2015 07:27:00 GMT", 0)]
    [InlineData("Wed, 21 Oct 2015 09:28:00 GMT", 3600)]
    [InlineData("Wednesday, 21-Oct-15 07:28:45 GMT", 45)]
    [InlineData("Wed Oct 21 07:29:00 2015", 60)]
    [InlineData("Wed Oct 21 07:29:30 2015", 90)]
    [InlineData("Thu, 21 Oct 2015 07:28:30 GMT", 60)]
    public async Task Retry_After_is_read_as_seconds_and_as_date_and_kept_within_an_hour(string? header, int? seconds)
    {
        var time = new FakeTimeProvider(new DateTimeOffset(2015, 10, 21, 7, 28, 0, TimeSpan.Zero));
        await using var server = new RawServer(connection => connection.SendAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"HTTP/1.1 429 Slow down\r\n{(header is null ? "" : $"Retry-After: {header}\r\n")}Content-Length: 0\r\nConnection: close\r\n\r\n")));
        await using var host = new ApiHost(server.Address, time: time);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal(seconds is null ? null : TimeSpan.FromSeconds(seconds.Value), error.RetryAfter);
    }

    [Fact]
    public async Task A_message_in_UTF8_survives()
    {
        await using var api = await TestApi.StartAsync(async http =>
        {
            http.Response.StatusCode = 422;
            http.Response.ContentType = "application/problem+json";
            await http.Response.Body.WriteAsync(Encoding.UTF8.GetBytes("""{"detail":"Größe fehlt 🙂"}"""));
        });
        await using var host = new ApiHost(api.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("HTTP 422: Größe fehlt 🙂", error.Message);
    }
}
