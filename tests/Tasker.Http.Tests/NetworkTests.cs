using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Tasker.Http.Tests;

public sealed class NetworkTests
{
    [Fact]
    public async Task A_refused_connection_is_retried()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
        listener.Stop();
        await using var host = new ApiHost(address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("rates?key=s3cret", TestJson.Default.Rate));
        Assert.Equal("connection_error", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.StartsWith($"Connection error while calling GET {address}rates?*: ", error.Message, StringComparison.Ordinal);
        Assert.IsType<HttpRequestException>(error.InnerException);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_is_retried()
    {
        await using var host = new ApiHost(new Uri("http://no-such-host.invalid"));
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("connection_error", error.ErrorType);
        Assert.True(error.Retryable);
    }

    [Fact]
    public async Task A_connection_that_ends_before_the_answer_is_retried()
    {
        await using var server = new RawServer(connection =>
        {
            connection.Reset();
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.PostAsync("a", new Rate("EUR", 1), TestJson.Default.Rate));
        Assert.Equal("connection_error", error.ErrorType);
        Assert.True(error.Retryable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_connection_that_breaks_off_inside_a_body_is_retried(bool reset)
    {
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{\"currency\":");
            if (reset)
                connection.Reset();
        });
        await using var host = new ApiHost(server.Address);
        foreach (var read in (Func<Task>[])[
            () => host.Client.GetAsync("a", TestJson.Default.Rate),
            () => host.Client.GetAsync("a", TestJson.RateCodec),
            async () => await (await host.Client.SendAsync(ApiRequest.Get("a"))).ReadTextAsync()])
        {
            var error = await Assert.ThrowsAsync<ApiException>(read);
            Assert.Equal("connection_error", error.ErrorType);
            Assert.True(error.Retryable);
        }
    }

    [Fact]
    public async Task Something_that_does_not_speak_HTTP_is_a_connection_error()
    {
        await using var server = new RawServer(connection => connection.SendAsync("220 mail ready\r\n"));
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("connection_error", error.ErrorType);
    }

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Ty")]
    public async Task A_server_that_hangs_before_its_answer_is_given_up(string begun)
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync(begun);
            asked.SetResult();
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, time: time);
        var call = host.Client.GetAsync("slow", TestJson.Default.Rate);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(1));
        var error = await Assert.ThrowsAsync<ApiException>(() => call);
        Assert.Equal("timeout", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.Equal($"Request timeout: GET {server.Address}slow did not answer within 30 s.", error.Message);
    }

    [Theory]
    [InlineData(0, 2.5)]
    [InlineData(1.25, 1.25)]
    public async Task The_time_is_the_clients_or_the_requests(double requestSeconds, double seconds)
    {
        var time = new FakeTimeProvider();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async connection =>
        {
            asked.SetResult();
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, options => options.Timeout = TimeSpan.FromSeconds(2.5), time);
        var request = ApiRequest.Get("slow");
        if (requestSeconds > 0)
            request = request.WithTimeout(TimeSpan.FromSeconds(requestSeconds));
        var call = host.Client.SendAsync(request);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(seconds));
        var error = await Assert.ThrowsAsync<ApiException>(() => call);
        Assert.Contains(FormattableString.Invariant($"within {seconds} s."), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_time_that_no_timer_takes_is_as_good_as_none()
    {
        await using var api = await TestApi.StartAsync(http => http.Response.WriteAsync("{}", TestContext.Current.CancellationToken));
        await using var host = new ApiHost(api.Address);

        using var answer = await host.Client.SendAsync(ApiRequest.Get("").WithTimeout(TimeSpan.MaxValue));

        Assert.Equal(200, answer.StatusCode);
    }

    [Fact]
    public async Task A_JSON_body_that_drips_without_end_is_given_up_when_its_time_is_up()
    {
        var time = new FakeTimeProvider();
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n");
            for (var i = 0; ; i++)
            {
                await connection.SendAsync("1\r\n \r\n");
                if (i == 10)
                    begun.SetResult();
                // The drip goes on for as long as the client listens.
                await Task.Yield();
            }
        });
        await using var host = new ApiHost(server.Address, time: time);
        var call = host.Client.GetAsync("drip", TestJson.Default.Rate);
        await begun.Task;
        await host.Logs.WaitForAsync(" 500 ");
        time.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<ApiException>(() => call);
        Assert.Equal("timeout", error.ErrorType);
    }

    [Fact]
    public async Task A_stream_may_take_longer_than_the_time_but_not_stand_still_for_it()
    {
        var time = new FakeTimeProvider();
        var next = new SemaphoreSlim(0);
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
            for (var i = 0; i < 3; i++)
            {
                await connection.SendAsync("x");
                await next.WaitAsync(connection.Stopped);
            }

            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address, time: time);
        using var response = await host.Client.SendAsync(ApiRequest.Get("stream"));
        await using var stream = await response.OpenStreamAsync();
        var buffer = new byte[1];
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, await stream.ReadAsync(buffer));
            time.Advance(TimeSpan.FromSeconds(20));
            next.Release();
        }

        var stuck = stream.ReadAsync(buffer).AsTask();
        time.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<ApiException>(() => stuck);
        Assert.Equal("timeout", error.ErrorType);
        Assert.True(error.Retryable);
        Assert.Throws<NotSupportedException>(() => stream.Read(buffer, 0, 1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancellation_by_the_caller_or_the_step_is_no_failure_of_the_API(bool byStep)
    {
        using var cancellation = new CancellationTokenSource();
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = new RawServer(async connection =>
        {
            asked.SetResult();
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address);
        var call = host.Create(byStep ? cancellation.Token : default).GetAsync("slow", TestJson.Default.Rate, byStep ? default : cancellation.Token);
        await asked.Task;
        await cancellation.CancelAsync();
        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(cancellation.Token, cancelled.CancellationToken);
    }

    [Theory]
    [InlineData("step")]
    [InlineData("call")]
    [InlineData("read")]
    public async Task Cancellation_ends_the_reading_of_a_body(string whose)
    {
        using var cancellation = new CancellationTokenSource();
        await using var server = new RawServer(async connection =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
            await connection.HangAsync();
        });
        await using var host = new ApiHost(server.Address);
        CancellationToken For(string who) => who == whose ? cancellation.Token : default;
        using var response = await host.Create(For("step")).SendAsync(ApiRequest.Get("a"), For("call"));
        var read = response.ReadJsonAsync(TestJson.Default.Rate, For("read"));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => read);
    }

    [Fact]
    public async Task A_head_of_a_megabyte_is_refused_for_good()
    {
        await using var server = new RawServer(async connection =>
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 1024 * 1024)}\r\nContent-Length: 0\r\n\r\n"));
        await using var host = new ApiHost(server.Address);
        var error = await Assert.ThrowsAsync<ApiException>(() => host.Client.DeleteAsync("a"));
        Assert.Equal("response_too_large", error.ErrorType);
        Assert.False(error.Retryable);
        Assert.Equal(
            $"The answer of DELETE {server.Address}a is too large: the head of the answer is larger than 64 KiB (ApiClientOptions.MaxResponseHeaderKilobytes).",
            error.Message);
    }

    [Fact]
    public async Task A_head_of_a_megabyte_is_read_when_allowed()
    {
        await using var server = new RawServer(async connection =>
            await connection.SendAsync($"HTTP/1.1 200 OK\r\nX-Large: {new string('x', 1024 * 1024)}\r\nContent-Length: 0\r\n\r\n"));
        await using var host = new ApiHost(server.Address, options => options.MaxResponseHeaderKilobytes = 2048);
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"));
        Assert.Equal(1024 * 1024, response.Header("X-Large")!.Length);
    }

    [Theory]
    [InlineData("""{"currency":"EUR","value":}""", "application/json", "it is not the JSON of Rate: ")]
    [InlineData("""{"currency":"EUR","va""", "application/json", "it is not the JSON of Rate: ")]
    [InlineData("""{"currency":"EUR","value":1} x""", "application/json", "it is not the JSON of Rate: ")]
    [InlineData("""{"currency":7,"value":1}""", "application/json", "it is not the JSON of Rate: ")]
    [InlineData("""<html>Welcome</html>""", "text/html", "it is text/html, not JSON; read it with ReadTextAsync or save it to a file.")]
    [InlineData("""{"currency":"EUR","value":1}""", "application/json; charset=klingon", "its character set 'klingon' is unknown.")]
    [InlineData("", "application/json", "it has status 200 and no body; send requests without an answer with SendAsync.")]
    public async Task An_answer_that_is_not_the_expected_JSON_fails_for_good(string body, string contentType, string why)
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.ContentType = contentType;
            http.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(body);
            return http.Response.WriteAsync(body);
        });
        await using var host = new ApiHost(api.Address);
        foreach (var call in (Func<Task>[])[() => host.Client.GetAsync("a", TestJson.Default.Rate), () => host.Client.GetAsync("a", TestJson.RateCodec)])
        {
            var error = await Assert.ThrowsAsync<ApiException>(call);
            Assert.Equal("invalid_response", error.ErrorType);
            Assert.False(error.Retryable);
            Assert.Equal(200, error.StatusCode);
            Assert.StartsWith($"The answer of GET {api.Address}a cannot be read: {why}", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_value_of_the_wrong_kind_is_named_with_its_place()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("""{"currency":"EUR","value":"much"}""");
        });
        await using var host = new ApiHost(api.Address);
        var generated = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("a", TestJson.RateCodec));
        Assert.Contains("$.value: expected ", generated.Message, StringComparison.Ordinal);
        var library = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("a", TestJson.Default.Rate));
        Assert.Contains("$.value", library.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Null_and_204_are_no_values()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            if (http.Request.Path == "/none")
            {
                http.Response.StatusCode = 204;
                return Task.CompletedTask;
            }

            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync("null");
        });
        await using var host = new ApiHost(api.Address);
        var isNull = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("null", TestJson.Default.Rate));
        Assert.EndsWith("it is null where Rate is needed.", isNull.Message, StringComparison.Ordinal);
        var isNone = await Assert.ThrowsAsync<ApiException>(() => host.Client.GetAsync("none", TestJson.Default.Rate));
        Assert.EndsWith("it has status 204 and no body; send requests without an answer with SendAsync.", isNone.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_beyond_the_limit_is_not_taken_into_memory(bool announced)
    {
        await using var api = await TestApi.StartAsync(async http =>
        {
            http.Response.ContentType = "application/json";
            var body = $$"""{"currency":"{{new string('x', 100_000)}}","value":1}""";
            if (announced)
                http.Response.ContentLength = body.Length;
            await http.Response.WriteAsync(body);
        });
        await using var host = new ApiHost(api.Address, options => options.MaxResponseBytes = 100_000);
        foreach (var call in (Func<Task>[])[
            () => host.Client.GetAsync("a", TestJson.Default.Rate),
            () => host.Client.GetAsync("a", TestJson.RateCodec),
            async () => await (await host.Client.SendAsync(ApiRequest.Get("a"))).ReadTextAsync()])
        {
            var error = await Assert.ThrowsAsync<ApiException>(call);
            Assert.Equal("response_too_large", error.ErrorType);
            Assert.False(error.Retryable);
            Assert.Contains("more than 100000 bytes (ApiClientOptions.MaxResponseBytes)", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_large_body_within_the_limit_is_read()
    {
        await using var api = await TestApi.StartAsync(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync($$"""{"currency":"{{new string('x', 3_000_000)}}","value":1}""");
        });
        await using var host = new ApiHost(api.Address);
        Assert.Equal(3_000_000, (await host.Client.GetAsync("a", TestJson.Default.Rate)).Currency.Length);
        Assert.Equal(3_000_000, (await host.Client.GetAsync("a", TestJson.RateCodec)).Currency.Length);
    }
}
