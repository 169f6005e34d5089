using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Tasker.Hosting;
using Tasker.Postgres.Fixture;

namespace Tasker.Postgres.Tests.Support;

/// <summary>A host that works for tasker-core with the handlers of some flows.</summary>
public sealed class CoreHost : IAsyncDisposable
{
    private readonly IHost _host;

    private CoreHost(IHost host, string applicationName, ListLoggerProvider log)
    {
        _host = host;
        ApplicationName = applicationName;
        Log = log;
    }

    /// <summary>The name of the worker's sessions.</summary>
    public string ApplicationName { get; }

    public ListLoggerProvider Log { get; }

    public IServiceProvider Services => _host.Services;

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<CoreHost> StartAsync(
        TestDatabase database,
        CoreFlow flow,
        Action<TaskerCoreOptions>? configure = null,
        int slots = 8,
        string? connectionString = null,
        Action<TaskerBuilder>? more = null)
    {
        var host = Build(database, flow, configure, slots, connectionString, more);
        await host._host.StartAsync(Token);
        return host;
    }

    public static CoreHost Build(
        TestDatabase database,
        CoreFlow flow,
        Action<TaskerCoreOptions>? configure = null,
        int slots = 8,
        string? connectionString = null,
        Action<TaskerBuilder>? more = null)
    {
        var name = "worker-" + Guid.NewGuid().ToString("N")[..8];
        var log = new ListLoggerProvider();
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Logging.AddProvider(log).AddFilter("Npgsql", LogLevel.None);
        var tasker = builder.Services.AddTasker().AddRegistry(flow).ConfigureWorker(options =>
        {
            options.MaxConcurrency = slots;
            options.ShutdownGrace = TimeSpan.FromSeconds(5);
        });
        var connection = new NpgsqlConnectionStringBuilder(connectionString ?? database.ConnectionString) { ApplicationName = name }.ConnectionString;
        tasker.UseTaskerCore(connection, options =>
        {
            options.WorkerName = name;
            configure?.Invoke(options);
        });
        more?.Invoke(tasker);
        return new CoreHost(builder.Build(), name, log);
    }

    public Task StartAsync() => _host.StartAsync(Token);

    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync(CancellationToken.None);
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
    }
}
