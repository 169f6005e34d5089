using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Tasker.Http.Tests;

/// <summary>A host with one API client, as an application sets it up, that keeps all it logs.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    public const string Callable = "call_api";

    private readonly ServiceProvider _services;

    public ApiHost(Uri? baseAddress, Action<ApiClientOptions>? configure = null, TimeProvider? time = null, Action<Hosting.TaskerBuilder>? set = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        services.AddSingleton(time ?? TimeProvider.System);
        var tasker = services.AddTasker().AddApiClient(Callable, options =>
        {
            options.BaseAddress = baseAddress;
            configure?.Invoke(options);
        });
        set?.Invoke(tasker);
        _services = services.BuildServiceProvider();
    }

    public LogCollector Logs { get; } = new();

    public IServiceProvider Services => _services;

    public ApiClient Client => Create();

    public ApiClient Create(CancellationToken step = default) => _services.GetRequiredService<ApiClientFactory>().Create(Callable, step);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
