using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Hosting;

namespace Tasker.Http.Tests;

public sealed class ResilienceTests
{
    private static readonly Rate Euro = new("EUR", 1);

    [Theory]
    [InlineData("GET", true, 3, true)]
    [InlineData("PUT", true, 3, true)]
    [InlineData("DELETE", true, 3, true)]
    [InlineData("POST", true, 1, false)]
    [InlineData("PATCH", true, 1, false)]
    [InlineData("GET", false, 1, false)]
    public async Task Only_requests_that_can_be_repeated_are_and_only_when_switched_on(string method, bool on, int requests, bool succeeds)
    {
        var seen = new List<string>();
        await using var api = await TestApi.StartAsync(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            seen.Add(await reader.ReadToEndAsync());
            http.Response.StatusCode = seen.Count < 3 ? 503 : 204;
        });
        await using var host = new ApiHost(api.Address, set: on ? Quick() : null);
        var request = new ApiRequest(new HttpMethod(method), "a");
        if (method is not "GET" and not "DELETE")
            request = request.WithJson(Euro, TestJson.Default.Rate);
        var error = await Record.ExceptionAsync(async () => (await host.Client.SendAsync(request)).Dispose());
        Assert.Equal(succeeds, error is null);
        Assert.Equal(requests, seen.Count);
        Assert.Single(seen.Distinct());
    }

    [Fact]
    public async Task Writes_are_repeated_when_the_host_says_they_can_be()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = ++seen < 3 ? 502 : 204;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, set: Quick(options => options.RetryUnsafeMethods = true));
        await host.Client.PostAsync("a", Euro, TestJson.RateCodec);
        Assert.Equal(3, seen);
    }

    [Theory]
    [InlineData(404, null)]
    [InlineData(501, null)]
    [InlineData(429, "30")]
    public async Task What_another_attempt_now_cannot_mend_fails_at_once(int status, string? retryAfter)
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            http.Response.StatusCode = status;
            http.Response.Headers.RetryAfter = retryAfter;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, set: Quick());
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal(status, error.StatusCode);
        Assert.Equal(retryAfter is null ? null : TimeSpan.FromSeconds(30), error.RetryAfter);
        Assert.Equal(1, seen);
    }

    [Fact]
    public async Task The_last_failure_is_told_when_all_attempts_fail()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.StatusCode = 500;
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""{"error":"broken {{++seen}}"}""");
        });
        await using var host = new ApiHost(api.Address, set: Quick());
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("HTTP 500: broken 3", error.Message);
    }

    [Fact]
    public async Task A_broken_connection_is_tried_again()
    {
        var seen = 0;
        await using var server = new RawServer(async connection =>
        {
            if (Interlocked.Increment(ref seen) < 3)
                connection.Reset();
            else
                await connection.SendAsync("HTTP/1.1 204 Done\r\nConnection: close\r\n\r\n");
        });
        await using var host = new ApiHost(server.Address, set: Quick());
        await host.Client.DeleteAsync("a");
        Assert.Equal(3, seen);
    }

    [Fact]
    public async Task An_attempt_that_is_not_answered_is_given_up_and_tried_again()
    {
        var seen = 0;
        await using var server = new RawServer(connection =>
        {
            Interlocked.Increment(ref seen);
            return connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, set: Quick(options =>
        {
            options.MaxRetries = 1;
            options.AttemptTimeout = TimeSpan.FromMilliseconds(200);
        }));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("timeout", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.Equal($"Request timeout: DELETE {server.Address}a: No attempt was answered in its time.", error.Message);
        Assert.Equal(2, seen);
    }

    [Fact]
    public async Task The_breaker_opens_when_most_calls_fail_and_says_when_to_come_back()
    {
        var seen = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            seen++;
            http.Response.StatusCode = 500;
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, set: Quick(options =>
        {
            options.MaxRetries = 0;
            options.MinimumThroughput = 2;
        }));
        for (var i = 0; i < 2; i++)
            Assert.Equal("internal_server_error", (await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"))).ErrorType);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("circuit_open", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.InRange(error.RetryAfter!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        Assert.Equal("API client 'call_api' sends nothing for now: too many of its calls failed, so its circuit breaker is open.", error.Message);
        Assert.Equal(2, seen);
    }

    public static TheoryData<string, Action<ApiResilienceOptions>> OutOfRange => new()
    {
        { nameof(ApiResilienceOptions.MaxRetries), options => options.MaxRetries = -1 },
        { nameof(ApiResilienceOptions.Delay), options => options.Delay = TimeSpan.FromSeconds(-1) },
        { nameof(ApiResilienceOptions.MaxDelay), options => options.MaxDelay = TimeSpan.Zero },
        { nameof(ApiResilienceOptions.AttemptTimeout), options => options.AttemptTimeout = TimeSpan.Zero },
        { nameof(ApiResilienceOptions.FailureRatio), options => options.FailureRatio = 0 },
        { nameof(ApiResilienceOptions.FailureRatio), options => options.FailureRatio = 1.1 },
        { nameof(ApiResilienceOptions.MinimumThroughput), options => options.MinimumThroughput = 1 },
        { nameof(ApiResilienceOptions.SamplingDuration), options => options.SamplingDuration = TimeSpan.Zero },
        { nameof(ApiResilienceOptions.BreakDuration), options => options.BreakDuration = TimeSpan.Zero },
    };

    [Theory]
    [MemberData(nameof(OutOfRange), DisableDiscoveryEnumeration = true)]
    public void An_option_out_of_its_range_is_named_at_once(string option, Action<ApiResilienceOptions> configure)
    {
        var tasker = new ServiceCollection().AddTasker();
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => tasker.AddApiResilience("a", configure));
        Assert.Equal($"options.{option}", error.ParamName);
    }

    private static Action<TaskerBuilder> Quick(Action<ApiResilienceOptions>? configure = null) => tasker =>
        tasker.AddApiResilience(ApiHost.Callable, options =>
        {
            options.Delay = TimeSpan.FromMilliseconds(1);
            configure?.Invoke(options);
        });
}
