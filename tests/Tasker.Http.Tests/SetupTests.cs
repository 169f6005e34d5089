using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Tasker.Handlers;
using Tasker.Templates;

namespace Tasker.Http.Tests;

public sealed class SetupTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_the_host_says_wins_over_the_handlers_attribute_in_any_order(bool declaredFirst)
    {
        await using var api = await TestApi.StartAsync(http => http.Response.WriteAsync(http.Request.Path));
        var services = new ServiceCollection();
        var tasker = services.AddTasker();
        if (declaredFirst)
            tasker.DeclareApiClient("a", "https://declared.example/v1", 7).DeclareApiClient("b", new Uri(api.Address, "declared").AbsoluteUri, 7);
        tasker.AddApiClient("a", options => options.BaseAddress = new Uri(api.Address, "host"));
        if (!declaredFirst)
            tasker.DeclareApiClient("a", "https://declared.example/v1", 7).DeclareApiClient("b", new Uri(api.Address, "declared").AbsoluteUri, 7);
        await using var provider = services.BuildServiceProvider();
        var factory = provider.GetRequiredService<ApiClientFactory>();
        using var a = await factory.Create("a").SendAsync(ApiRequest.Get("x"));
        Assert.Equal("/host/x", await a.ReadTextAsync());
        using var b = await factory.Create("b").SendAsync(ApiRequest.Get("x"));
        Assert.Equal("/declared/x", await b.ReadTextAsync());
        var options = provider.GetRequiredService<Microsoft.Extensions.Options.IOptionsMonitor<ApiClientOptions>>();
        Assert.Equal(TimeSpan.FromSeconds(7), options.Get("a").Timeout);
    }

    [Fact]
    public async Task A_wrong_address_in_an_attribute_is_named()
    {
        var services = new ServiceCollection();
        services.AddTasker().DeclareApiClient("a", "rates.example");
        await using var provider = services.BuildServiceProvider();
        var error = Assert.Throws<ConfigurationException>(() => provider.GetRequiredService<ApiClientFactory>().Create("a"));
        Assert.Equal("API client 'a': ApiClientOptions.BaseAddress: it must be an absolute http or https address, such as https://host/v1.", error.Message);
    }

    [Fact]
    public async Task A_client_that_was_not_added_is_named_with_the_remedy()
    {
        await using var host = new ApiHost(null);
        var error = Assert.Throws<ConfigurationException>(() => host.Services.GetRequiredService<ApiClientFactory>().Create("fetch_rates"));
        Assert.Equal(
            "There is no API client 'fetch_rates'. Add it with AddApiClient(\"fetch_rates\", options => ...) where the host calls AddTasker().",
            error.Message);
    }

    [Fact]
    public async Task Secrets_can_come_from_the_hosts_services()
    {
        var seen = "";
        await using var api = await TestApi.StartAsync(http =>
        {
            seen = http.Request.Headers.Authorization.ToString();
            return Task.CompletedTask;
        });
        await using var host = new ApiHost(api.Address, set: tasker =>
        {
            tasker.Services.AddSingleton(new Vault("from the vault"));
            tasker.AddApiClient(ApiHost.Callable, (options, services) => options.Authentication = ApiAuthentication.Bearer(services.GetRequiredService<Vault>().Token));
        });
        await host.Client.DeleteAsync("a");
        Assert.Equal("Bearer from the vault", seen);
    }

    [Fact]
    public async Task Message_handlers_can_be_added_as_to_any_named_client()
    {
        await using var host = new ApiHost(new Uri("http://api.example"), set: tasker =>
            tasker.Services.AddHttpClient(ApiHost.Callable).AddHttpMessageHandler(() => new Answering(new HttpResponseMessage(System.Net.HttpStatusCode.Accepted))));
        using var response = await host.Client.SendAsync(ApiRequest.Get("a"));
        Assert.Equal(202, response.StatusCode);
    }

    [Fact]
    public async Task A_handlers_client_ends_with_its_step()
    {
        using var cancellation = new CancellationTokenSource();
        await cancellation.CancelAsync();
        await using var host = new ApiHost(new Uri("http://api.example"));
        var client = await BindAsync(host.Services, ApiHost.Callable, cancellation.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.DeleteAsync("a"));
    }

    [Fact]
    public async Task A_handler_without_any_client_in_the_host_is_told()
    {
        await using var services = new ServiceCollection().BuildServiceProvider();
        var error = await Assert.ThrowsAsync<ConfigurationException>(() => BindAsync(services, "a", default));
        Assert.Contains("needs the service Tasker.Http.ApiClientFactory", error.Message, StringComparison.Ordinal);
    }

    private static async Task<ApiClient> BindAsync(IServiceProvider services, string callable, CancellationToken cancellationToken)
    {
        ApiClient? client = null;
        MethodAdapter handler = new("fetch", null, HandlerKind.Step, needsScope: false, Fetch);
        await handler.InvokeAsync(Context(services, cancellationToken), new StepOutcome());
        return client!;

        ValueTask Fetch(StepBinder bind, StepOutcome outcome)
        {
            client = ApiBinding.Client(bind, callable);
            return default;
        }
    }

    private static StepContext Context(IServiceProvider services, CancellationToken cancellationToken)
    {
        var step = new StepDefinition { Name = "fetch", Callable = ApiHost.Callable };
        var claimed = new ClaimedStep
        {
            Template = new TaskTemplate { Namespace = "test", Name = "rates", Version = "1.0.0", Steps = [step] },
            Definition = step,
            Name = "fetch",
            TaskId = Guid.NewGuid(),
            StepId = Guid.NewGuid(),
            CorrelationId = Guid.NewGuid(),
            TaskContext = "{}"u8.ToArray(),
        };
        return new StepContext(claimed, services, new NoCheckpoints(), cancellationToken);
    }

    private sealed record Vault(string Token);

    private sealed class Answering(HttpResponseMessage answer) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) => Task.FromResult(answer);
    }

    private sealed class NoCheckpoints : ICheckpointSink
    {
        public ValueTask SaveCheckpointAsync(ClaimedStep step, ReadOnlyMemory<byte> checkpoint, CancellationToken cancellationToken) => ValueTask.CompletedTask;
    }
}
