using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Json;

namespace Tasker.Http.Tests;

/// <summary>Handlers as the generator connects them: declared by an attribute, run by the engine, against a real server.</summary>
public sealed class ApiHandlerTests
{
    [Fact]
    public async Task An_api_handler_calls_its_api_and_hands_the_answer_on()
    {
        var asked = "";
        await using var api = await TestApi.StartAsync(async context =>
        {
            asked = $"{context.Request.Path}?{context.Request.Headers.Authorization}";
            await context.Response.WriteAsync("""{"currency":"eur","per_dollar":0.92,"unknown":[1]}""");
        });
        using var host = await StartAsync(api.Address, options => options.Authentication = ApiAuthentication.Bearer("secret"));

        var task = await host.Tasks.StartAsync(Exchange.Template, new Wanted("e/ur"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("1 dollar is 0.92 eur", await task.ResultOf(Exchange.Steps.Describe, TestContext.Current.CancellationToken));
        Assert.Equal("/v1/latest/e%2Fur?Bearer secret", asked);
    }

    [Fact]
    public async Task What_the_api_answers_decides_whether_the_step_is_tried_again()
    {
        var calls = 0;
        await using var api = await TestApi.StartAsync(context =>
        {
            context.Response.StatusCode = ++calls == 1 ? (int)HttpStatusCode.ServiceUnavailable : (int)HttpStatusCode.NotFound;
            return Task.CompletedTask;
        });
        using var host = await StartAsync(api.Address);

        var task = await host.Tasks.StartAsync(Exchange.Template, new Wanted("eur"), cancellationToken: TestContext.Current.CancellationToken);
        var end = await task.WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(2, calls);
        var step = end.Steps.Single(step => step.Name == "fetch_rates");
        Assert.Equal((StepState.Error, 2), (step.State, step.Attempts));
        Assert.False(step.Failure!.Retryable);
        Assert.Contains("404", step.Failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_attribute_s_address_and_time_hold_where_the_host_says_nothing()
    {
        using var host = await StartAsync(address: null);

        var options = host.Services.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<ApiClientOptions>>().Get("fetch_rates");

        Assert.Equal((new Uri("https://rates.example/v1"), TimeSpan.FromSeconds(7)), (options.BaseAddress, options.Timeout));
    }

    [Fact]
    public async Task A_handler_of_another_kind_may_take_a_client_that_the_host_sets_up()
    {
        await using var api = await TestApi.StartAsync(context => context.Response.WriteAsync("\"pong\""));
        using var host = await StartAsync(api.Address);

        var task = await host.Tasks.StartAsync(Ping.Template, new Wanted("x"), cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("pong", await task.ResultOf(Ping.Steps.Ping, TestContext.Current.CancellationToken));
    }

    private static async Task<RunningHost> StartAsync(Uri? address, Action<ApiClientOptions>? configure = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var tasker = builder.Services.AddTasker().AddHandlers().UseEmbeddedInMemory().AddApiClient("ping", options => options.BaseAddress = address ?? new Uri("http://localhost"));
        if (address is not null)
        {
            tasker.AddApiClient("fetch_rates", options =>
            {
                options.BaseAddress = new Uri(address, "v1");
                configure?.Invoke(options);
            });
        }

        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return new RunningHost(host);
    }

    private sealed class RunningHost(IHost host) : IDisposable
    {
        public IServiceProvider Services => host.Services;

        public ITaskClient Tasks => host.Services.GetRequiredService<ITaskClient>();

        public void Dispose() => host.Dispose();
    }
}

internal sealed record Wanted(string Currency);

internal sealed record Rates(string Currency, decimal PerDollar);

/// <summary>A template whose first step calls an API.</summary>
[TaskTemplate("exchange", Namespace = "api_handlers", Version = "1.0.0")]
internal static partial class Exchange
{
    [ApiHandler("fetch_rates", BaseAddress = "https://rates.example/v1", CallTimeoutSeconds = 7, BackoffBaseMilliseconds = 1)]
    public static Task<Rates> FetchRates(ApiClient api, JsonCodec<Rates> rates, Wanted wanted, CancellationToken cancellationToken) =>
        api.GetAsync($"latest/{wanted.Currency}", rates, cancellationToken);

    [StepHandler("describe")]
    public static string Describe([FromStep("fetch_rates")] Rates rates) => FormattableString.Invariant($"1 dollar is {rates.PerDollar} {rates.Currency}");
}

/// <summary>A template whose step is no API handler and calls an API all the same.</summary>
[TaskTemplate("ping", Namespace = "api_handlers", Version = "1.0.0")]
internal static partial class Ping
{
    [StepHandler("ping")]
    public static Task<string> Call(ApiClient api, JsonCodec<string> text, Wanted wanted, CancellationToken cancellationToken) =>
        api.GetAsync($"{wanted.Currency}", text, cancellationToken);
}
