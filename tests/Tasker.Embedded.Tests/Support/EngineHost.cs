using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tasker.Client;
using Tasker.Embedded.Engine;
using Tasker.Hosting;

namespace Tasker.Embedded.Tests.Support;

/// <summary>A host with an embedded engine and the handlers of some flows.</summary>
public sealed class EngineHost : IAsyncDisposable
{
    private readonly IHost _host;

    private EngineHost(IHost host) => _host = host;

    public ITaskClient Client => _host.Services.GetRequiredService<ITaskClient>();

    public IServiceProvider Services => _host.Services;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<EngineHost> StartAsync(
        Action<TaskerBuilder> use,
        Flow[] flows,
        TimeProvider? time = null,
        int slots = 8)
    {
        var host = Build(use, flows, time, slots);
        await host._host.StartAsync(Token);
        return host;
    }

    public static EngineHost Build(
        Action<TaskerBuilder> use,
        Flow[] flows,
        TimeProvider? time = null,
        int slots = 8)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(new ListLoggerProvider());
        if (time is not null)
            builder.Services.AddSingleton(time);
        var tasker = builder.Services.AddTasker().ConfigureWorker(options =>
        {
            options.MaxConcurrency = slots;
            options.ShutdownGrace = TimeSpan.Zero;
        });
        foreach (var flow in flows)
            tasker.AddRegistry(flow);
        use(tasker);
        return new EngineHost(builder.Build());
    }

    public Task StartAsync() => _host.StartAsync(Token);

    public async Task<TaskSnapshot> RunAsync(Flow flow, string context = "{}")
    {
        var task = await Client.StartAsync(flow.Template, context, cancellationToken: Token);
        return await task.WaitAsync(Token);
    }

    public Task StopAsync() => _host.StopAsync(Token);

    /// <summary>Ends the engine as a crash would: nothing further is stored.</summary>
    public void Crash() => _host.Services.GetRequiredService<EmbeddedEngine>().Dispose();

    /// <summary>Ends the host without waiting for anything.</summary>
    public async Task AbortAsync()
    {
        await _host.StopAsync(new CancellationToken(canceled: true));
        _host.Dispose();
    }

    public IReadOnlyList<string> Logged => _host.Services.GetServices<ILoggerProvider>().OfType<ListLoggerProvider>().Single().Lines;

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
    }
}
