using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Sends the messages of stored results, and the domain events with them, where the statement that stores them cannot. A message is kept until it is sent. One
/// for the orchestrator that is lost with this process, or that finds no room here, is sent later by <see cref="Recovery.ResultRecovery"/>, because its
/// result is in the database; an event is not.
/// </summary>
internal sealed class ResultAnnouncer(IMessageTransport transport, TimeProvider time, ILogger<ResultAnnouncer> logger) : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int Capacity = 100_000;
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly Channel<(string Queue, ReadOnlyMemory<byte> Message)> _pending = Channel.CreateBounded<(string, ReadOnlyMemory<byte>)>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _giveUp = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _failing;

    /// <summary>Whether messages cannot be sent at present.</summary>
    public bool IsFailing => _failing;

    public void Start() => _loop = Task.Run(RunAsync);

    public void Add(string queue, ReadOnlyMemory<byte> message) => _pending.Writer.TryWrite((queue, message));

    /// <summary>Sends what is left, within the limit.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        _pending.Writer.TryComplete();
        _giveUp.CancelAfter(limit);
        await _loop.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero).ConfigureAwait(false);
        _giveUp.Dispose();
    }

    private async Task RunAsync()
    {
        var batch = new List<(string Queue, ReadOnlyMemory<byte> Message)>();
        try
        {
            while (await _pending.Reader.WaitToReadAsync(_giveUp.Token).ConfigureAwait(false))
            {
                while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var message))
                    batch.Add(message);
                foreach (var queue in batch.GroupBy(one => one.Queue, one => one.Message))
                    await SendAsync(queue.Key, [.. queue]).ConfigureAwait(false);
                batch.Clear();
            }
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested)
        {
            // The next look of a worker that recovers results finds them.
        }
    }

    private async Task SendAsync(string queue, List<ReadOnlyMemory<byte>> batch)
    {
        for (var delay = ShortestDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                await transport.SendAsync(queue, batch, _giveUp.Token).ConfigureAwait(false);
                _failing = false;
                return;
            }
            catch (Exception exception) when (!_giveUp.IsCancellationRequested)
            {
                _failing = true;
                Log.AnnouncingFailed(logger, batch.Count, delay, exception.Message);
                await Task.Delay(delay, time, _giveUp.Token).ConfigureAwait(false);
            }
        }
    }
}
