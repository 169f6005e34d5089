using Tasker.Postgres.Fixture.RabbitMq;
using Tasker.RabbitMq.Tests.Support;

[assembly: AssemblyFixture(typeof(Brokers))]

namespace Tasker.RabbitMq.Tests.Support;

/// <summary>The RabbitMQ server that the tests share, those apart that stop theirs.</summary>
public sealed class Brokers : IAsyncLifetime
{
    private RabbitServer? _shared;
    private AmqpQueues? _queues;

    public string Url => _shared!.Url;

    /// <summary>The test's own connection to it.</summary>
    public AmqpQueues Queues => _queues!;

    public async ValueTask InitializeAsync()
    {
        _shared = await RabbitServer.StartAsync();
        _queues = await AmqpQueues.ConnectAsync(_shared.Url);
    }

    public async ValueTask DisposeAsync()
    {
        if (_queues is not null)
            await _queues.DisposeAsync();
        if (_shared is not null)
            await _shared.DisposeAsync();
    }
}
