using Hangfire;
using Hangfire.InMemory;
using Tasker.Benchmarks.Engine;

namespace Tasker.Benchmarks.Peers;

/// <summary>Hangfire with its in-memory storage: each step is a job that creates the next one.</summary>
internal sealed class HangfirePeer : IPeer
{
    private static readonly InMemoryStorage Storage = new();
    private static readonly BackgroundJobClient Client = new(Storage);

    private readonly BackgroundJobServer _server = new(new BackgroundJobServerOptions { WorkerCount = 10 }, Storage);

    public string Name => "Hangfire.InMemory";

    public Task RunAsync(int id)
    {
        var key = Waiting.Begin(out var finished);
        Client.Enqueue(() => Step(key, new Order(id, 2), 1));
        return finished;
    }

    /// <summary>Called by Hangfire.</summary>
    public static void Step(long key, Order order, int step)
    {
        var next = order with { Quantity = order.Quantity + 1 };
        if (step == 4)
            Waiting.End(key);
        else
            Client.Enqueue(() => Step(key, next, step + 1));
    }

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }
}
