using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A real HTTP server that answers as the protocol sheet has tasker-core's REST API answer (§10).</summary>
internal sealed class StandInApi : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StandInApi(WebApplication app, Uri address) => (_app, Address) = (app, address);

    public Uri Address { get; }

    /// <summary>What was asked: method, path and query, body.</summary>
    public ConcurrentQueue<(string Request, string Body, Dictionary<string, string> Headers)> Requests { get; } = new();

    /// <summary>The answers, by method and path: a status and a body.</summary>
    public ConcurrentDictionary<string, (int Status, string Body)> Answers { get; } = new();

    /// <summary>How long a client is to wait after a 503.</summary>
    public string RetryAfter { get; set; } = "7";

    public static async Task<StandInApi> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var app = builder.Build();
        StandInApi? api = null;
        app.Run(context => api!.AnswerAsync(context));
        await app.StartAsync();
        api = new StandInApi(app, new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single()));
        return api;
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        Requests.Enqueue(($"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}", await reader.ReadToEndAsync(), context.Request.Headers.ToDictionary(one => one.Key, one => one.Value.ToString())));
        var (status, body) = Answers.GetValueOrDefault(
            $"{context.Request.Method} {context.Request.Path}",
            (404, """{"error":{"code":"NOT_FOUND","message":"There is nothing here."}}"""));
        context.Response.StatusCode = status;
        if (status == 503)
            context.Response.Headers.RetryAfter = RetryAfter;
        await context.Response.WriteAsync(body);
    }
}
