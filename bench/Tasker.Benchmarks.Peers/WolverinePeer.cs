using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tasker.Benchmarks.Engine;
using Wolverine;

namespace Tasker.Benchmarks.Peers;

/// <summary>Wolverine with its buffered local queues: each step is a message whose handler returns the next one. Nothing is serialized.</summary>
internal sealed class WolverinePeer : IPeer
{
    private readonly IHost _host;
    private readonly IMessageBus _bus;

    private WolverinePeer(IHost host)
    {
        _host = host;
        _bus = host.Services.GetRequiredService<IServiceScopeFactory>().CreateScope().ServiceProvider.GetRequiredService<IMessageBus>();
    }

    public string Name => "Wolverine local queues";

    public static async Task<WolverinePeer> StartAsync()
    {
        var host = new HostBuilder()
            .ConfigureLogging(static logging => logging.SetMinimumLevel(LogLevel.Warning))
            .UseWolverine(static options => options.UseRuntimeCompilation(), ExtensionDiscovery.ManualOnly)
            .Build();
        await host.StartAsync();
        return new WolverinePeer(host);
    }

    public async Task RunAsync(int id)
    {
        var key = Waiting.Begin(out var finished);
        await _bus.PublishAsync(new Priced(key, new Order(id, 2)));
        await finished;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}

public sealed record Priced(long Key, Order Order);

public sealed record Discounted(long Key, Order Order);

public sealed record Taxed(long Key, Order Order);

public sealed record Invoiced(long Key, Order Order);

/// <summary>Found by Wolverine.</summary>
public static class OrderHandler
{
    public static Discounted Handle(Priced step) => new(step.Key, Next(step.Order));

    public static Taxed Handle(Discounted step) => new(step.Key, Next(step.Order));

    public static Invoiced Handle(Taxed step) => new(step.Key, Next(step.Order));

    public static void Handle(Invoiced step) => Waiting.End(step.Key);

    private static Order Next(Order order) => order with { Quantity = order.Quantity + 1 };
}
