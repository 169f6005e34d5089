using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Testing;

namespace Tasker.Examples;

public sealed class ExchangeTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Rates_are_fetched_over_http()
    {
        await using var api = await StartAsync(context => context.Response.WriteAsJsonAsync(new { @base = context.Request.Path.Value, rates = new { usd = 1.25m } }));
        await using var host = Host(api);

        var outcome = await host.Step(Exchange.Template, Exchange.Steps.FetchRates).WithInputJson("""{"currency":"eur"}""").RunAsync(Token);

        var table = outcome.Succeeded(Exchange.Steps.FetchRates);
        Assert.Equal(("/v1/latest/eur", 1.25m), (table.Base, table.Rates["usd"]));
    }

    [Fact]
    public async Task An_api_that_is_busy_says_when_to_come_back()
    {
        await using var api = await StartAsync(context =>
        {
            context.Response.StatusCode = 429;
            context.Response.Headers.RetryAfter = "7";
            return Task.CompletedTask;
        });
        await using var host = Host(api);

        var failure = (await host.Step(Exchange.Template, Exchange.Steps.FetchRates).WithInputJson("""{"currency":"eur"}""").RunAsync(Token)).Failed();

        Assert.Equal(("rate_limited", true, 429, TimeSpan.FromSeconds(7)), (failure.ErrorType, failure.Retryable, failure.StatusCode, failure.RetryAfter));
    }

    private static StepTestHost Host(WebApplication api) => new(tasker => tasker
        .AddHandlers()
        .AddApiClient("fetch_rates", options => options.BaseAddress = new Uri(api.Urls.Single() + "/v1")));

    private static async Task<WebApplication> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var api = builder.Build();
        api.Run(answer);
        await api.StartAsync(Token);
        return api;
    }
}
