using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Tasker.Client;
using Tasker.Embedded.Storage;

namespace Tasker.Benchmarks.Engine;

/// <summary>A host with the embedded engine, set up as a user would.</summary>
internal sealed class EngineRig : IAsyncDisposable
{
    private readonly IHost _host;

    private EngineRig(IHost host)
    {
        _host = host;
        Client = host.Services.GetRequiredService<ITaskClient>();
    }

    public ITaskClient Client { get; }

    /// <param name="file">The SQLite file, or <see langword="null"/> for none.</param>
    /// <param name="flushDelay">By how much each flush is delayed.</param>
    public static async Task<EngineRig> StartAsync(string? file, TimeSpan flushDelay = default)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        var tasker = builder.Services.AddTasker().AddHandlers().AddRegistry(new FanOutFlow());
        if (file is null)
            tasker.UseEmbeddedInMemory();
        else
            tasker.UseEmbedded($"Data Source={file}");
        if (flushDelay > TimeSpan.Zero)
        {
            var store = builder.Services.Single(service => service.ServiceType == typeof(ITaskStore));
            builder.Services.Replace(ServiceDescriptor.Singleton(provider =>
                (ITaskStore)new SlowStore((ITaskStore)store.ImplementationFactory!(provider), flushDelay)));
        }

        var host = builder.Build();
        await host.StartAsync();
        return new EngineRig(host);
    }

    public async Task RunLinearAsync(int id) => await FinishAsync(await Client.StartAsync(LinearFlow.Template, new Order(id, 2)));

    public async Task RunFanOutAsync(int id) =>
        await FinishAsync(await Client.StartJsonAsync(FanOutFlow.Template, OrderJson(id)));

    public async Task RunBatchesAsync(int batches) => await FinishAsync(await Client.StartAsync(BatchFlow.Template, new Order(1, batches)));

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static ReadOnlyMemory<byte> OrderJson(int id) =>
        System.Text.Encoding.UTF8.GetBytes(string.Create(System.Globalization.CultureInfo.InvariantCulture, $$"""{"id":{{id}},"quantity":2}"""));

    private static async ValueTask FinishAsync(TaskHandle task)
    {
        var end = await task.WaitAsync();
        if (end.State is not TaskState.Complete)
            throw new InvalidOperationException($"Task {end.TaskId} ended in {end.State}: {end.FirstFailure()?.Failure?.Message}");
    }
}
