using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;

namespace Tasker.Http.Tests;

/// <summary>A generated API handler on the in-memory engine calls a real server.</summary>
public sealed class ApiHandlerTests
{
    [Fact]
    public async Task A_handler_calls_the_API_of_its_callable()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        await using var api = await TestApi.StartAsync(static http => http.Response.WriteAsync(
            $$"""{"currency":"{{http.Request.Query["currency"]}}","value":1.25}"""));
        using var host = NewHost(api.Address);
        await host.StartAsync(cancellationToken);

        var task = await host.Services.GetRequiredService<ITaskClient>()
            .StartAsync(RateSteps.Template, new RateQuestion("NOK"), cancellationToken: cancellationToken);
        var text = await task.ResultOf(RateSteps.Steps.TellRate, cancellationToken);

        Assert.Equal("NOK 1.25", text);
        await host.StopAsync(cancellationToken);
    }

    [Fact]
    public async Task What_the_API_answers_decides_whether_the_step_is_tried_again()
    {
        var cancellationToken = TestContext.Current.CancellationToken;
        var calls = 0;
        await using var api = await TestApi.StartAsync(http =>
        {
            if (Interlocked.Increment(ref calls) > 1)
                return http.Response.WriteAsync("""{"currency":"NOK","value":2}""");
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        using var host = NewHost(api.Address);
        await host.StartAsync(cancellationToken);

        var task = await host.Services.GetRequiredService<ITaskClient>()
            .StartAsync(RateSteps.Template, new RateQuestion("NOK"), cancellationToken: cancellationToken);
        var text = await task.ResultOf(RateSteps.Steps.TellRate, cancellationToken);

        Assert.Equal("NOK 2", text);
        Assert.Equal(2, calls);
        await host.StopAsync(cancellationToken);
    }

    [Fact]
    public void The_attribute_s_settings_hold_where_the_host_says_nothing()
    {
        using var host = NewHost(address: null);
        var options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<ApiClientOptions>>().Get("fetch_rate");

        Assert.Equal(new Uri("https://rates.invalid/v1"), options.BaseAddress);
        Assert.Equal(TimeSpan.FromSeconds(20), options.Timeout);
    }

    private static IHost NewHost(Uri? address)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var tasker = builder.Services.AddTasker().AddHandlers().UseEmbeddedInMemory();
        if (address is not null)
            tasker.AddApiClient("fetch_rate", options => options.BaseAddress = address);
        return builder.Build();
    }
}

internal sealed record RateQuestion(string Currency);

/// <summary>A template of two steps; the first calls an API.</summary>
[TaskTemplate("rates", Namespace = "http_tests", Version = "1.0.0")]
internal static partial class RateSteps
{
    [ApiHandler("fetch_rate", BaseAddress = "https://rates.invalid/v1", CallTimeoutSeconds = 20, BackoffBaseMilliseconds = 1)]
    public static Task<Rate> Fetch(ApiClient api, RateQuestion question) =>
        api.GetAsync($"latest?currency={question.Currency}", TestJson.Default.Rate);

    [StepHandler("tell_rate")]
    public static string Tell([FromStep("fetch_rate")] Rate rate) => FormattableString.Invariant($"{rate.Currency} {rate.Value}");
}
