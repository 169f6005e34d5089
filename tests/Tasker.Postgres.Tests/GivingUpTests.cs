using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Npgsql;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Completions;
using Tasker.Postgres.Hosting;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Tests.Support;

namespace Tasker.Postgres.Tests;

/// <summary>A worker that gives up what it has no time left for ends in order, also when what it waited for breaks at that moment.</summary>
public sealed class GivingUpTests(Databases databases)
{
    private readonly TaskCompletionSource _begun = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task Outcomes_whose_connection_breaks_are_counted_as_lost()
    {
        await using var host = CoreHost.Build(databases.Shared, new CoreFlow().Step("only"));
        var broken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var builder = new NpgsqlDataSourceBuilder(databases.Shared.ConnectionString);
        builder.UsePhysicalConnectionInitializer(static _ => { }, async _ =>
        {
            _begun.TrySetResult();
            await broken.Task;
            throw new SocketException((int)SocketError.ConnectionReset);
        });
        await using var database = builder.Build();
        await using var queue = ActivatorUtilities.CreateInstance<CompletionQueue>(
            host.Services, ActivatorUtilities.CreateInstance<CompletionStatement>(host.Services, database));
        queue.Start();
        await queue.AddAsync(new PendingOutcome(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "only", Success: true, "{}"u8.ToArray()));
        await _begun.Task;

        var stopping = queue.StopAsync(TimeSpan.Zero);
        broken.SetResult();
        await stopping;

        Assert.StartsWith("1 outcomes are lost", await host.Log.WaitForAsync(423), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Messages_whose_transport_breaks_are_left_to_recovery()
    {
        await using var host = CoreHost.Build(
            databases.Shared, new CoreFlow().Step("only"), more: tasker => tasker.UseTaskerCoreTransport(_ => new Breaking(_begun)));
        var announcer = host.Services.GetRequiredService<ResultAnnouncer>();
        announcer.Start();
        announcer.Add("{}"u8.ToArray(), []);
        await _begun.Task;

        await announcer.StopAsync(TimeSpan.Zero);

        Assert.Equal(0, host.Log.Count(424));
    }

    /// <summary>The queue is full and nobody empties it, as when the database is away for long.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Batches_that_cannot_be_handed_back_are_counted_and_left_when_the_host_or_the_time_says_so(bool byHost)
    {
        var time = new FakeTimeProvider();
        using var stop = new CancellationTokenSource();
        await using var host = CoreHost.Build(
            databases.Shared, new CoreFlow().Step("only"), options => options.StopTimeout = TimeSpan.FromSeconds(7), more: tasker => tasker.Services.AddSingleton<TimeProvider>(time));
        var queue = host.Services.GetRequiredService<CompletionQueue>();
        for (var i = 0; i < 1024; i++)
            await queue.AddAsync(new PendingOutcome(Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), Guid.NewGuid(), "only", Success: true, "{}"u8.ToArray()));
        var stopping = StopWithAsync(host, batches: 3, stop.Token);
        Assert.False(stopping.IsCompleted);

        if (byHost)
            await stop.CancelAsync();
        else
            time.Advance(TimeSpan.FromSeconds(7));
        await stopping.WaitAsync(TimeSpan.FromSeconds(30), CoreHost.Token);

        Assert.StartsWith("3 batches that had yielded could not be handed back", await host.Log.WaitForAsync(428), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batches_for_which_there_is_room_are_handed_back_however_late_it_is()
    {
        await using var host = CoreHost.Build(databases.Shared, new CoreFlow().Step("only"));

        await StopWithAsync(host, batches: 3, new CancellationToken(canceled: true));

        Assert.Equal(0, host.Log.Count(428));
        Assert.False(host.Services.GetRequiredService<ClaimPump>().TryTakeResumed(out _));
    }

    /// <summary>Ends the part of the host that ends last, with batches that wait for a slot.</summary>
    private static Task StopWithAsync(CoreHost host, int batches, CancellationToken cancellationToken)
    {
        var pump = host.Services.GetRequiredService<ClaimPump>();
        for (var i = 0; i < batches; i++)
            pump.Resume(AnyStep.Create());
        return host.Services.GetServices<IHostedService>().OfType<TaskerCoreService>().Single().StoppedAsync(cancellationToken);
    }

    /// <summary>Sends until it is told to give up, and breaks then.</summary>
    private sealed class Breaking(TaskCompletionSource begun) : IMessageTransport
    {
        public Task CreateQueuesAsync(IReadOnlyCollection<string> queues, CancellationToken cancellationToken) => Task.CompletedTask;

        public void Start(IReadOnlyList<string> queues, IMessageReceiver receiver)
        {
        }

        public Task StopReceivingAsync() => Task.CompletedTask;

        public ValueTask<IReadOnlyList<StepMessage>> ReadAsync(int count, CancellationToken cancellationToken) => ValueTask.FromResult<IReadOnlyList<StepMessage>>([]);

        public ValueTask SettleAsync(IReadOnlyList<StepMessage> messages, MessageFate fate, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public async Task SendAsync(string queue, IReadOnlyList<ReadOnlyMemory<byte>> messages, CancellationToken cancellationToken)
        {
            begun.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw new SocketException((int)SocketError.ConnectionReset);
        }
    }
}
