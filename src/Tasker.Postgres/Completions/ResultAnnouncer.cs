using System.Threading.Channels;
using Tasker.Postgres.Messages;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;
using Tasker.Telemetry;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Sends the messages of stored results, and the domain events before them, where the statement that stores them cannot. What is lost with this process, or finds
/// no room here, is sent later by <see cref="Recovery.ResultRecovery"/> and <see cref="Recovery.EventRecovery"/>: it is in the database.
/// </summary>
internal sealed class ResultAnnouncer(IMessageTransport transport, KeptEvents kept, TimeProvider time, SafeLogger<ResultAnnouncer> logger) : IAsyncDisposable
{
    private const int MaxBatch = 256;
    private const int Capacity = 100_000;
    private static readonly TimeSpan ShortestDelay = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    private readonly Channel<Result> _pending = Channel.CreateBounded<Result>(
        new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.DropWrite });

    private readonly CancellationTokenSource _giveUp = new();
    private Task _loop = Task.CompletedTask;
    private volatile bool _failing;

    /// <summary>Whether messages cannot be sent at present.</summary>
    public bool IsFailing => _failing;

    public void Start() => _loop = Task.Run(RunAsync);

    /// <summary>Takes on a stored result.</summary>
    /// <param name="message">The message about it.</param>
    /// <param name="events">The events to be sent before.</param>
    public void Add(ReadOnlyMemory<byte> message, IReadOnlyList<KeptEvent> events) => _pending.Writer.TryWrite(new Result(message, events));

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
        var batch = new List<Result>();
        try
        {
            while (await _pending.Reader.WaitToReadAsync(_giveUp.Token).ConfigureAwait(false))
            {
                while (batch.Count < MaxBatch && _pending.Reader.TryRead(out var result))
                    batch.Add(result);
                await SendEventsAsync([.. batch.SelectMany(result => result.Events)]).ConfigureAwait(false);
                await SendAsync(QueueNames.StepResults, batch.ConvertAll(result => result.Message)).ConfigureAwait(false);
                batch.Clear();
            }
        }
        catch (Exception) when (_giveUp.IsCancellationRequested)
        {
            // Cancelled, or broken at that moment. The next look of a worker that recovers results finds them.
        }
    }

    private async Task SendEventsAsync(IReadOnlyList<KeptEvent> events)
    {
        if (events.Count == 0)
            return;
        foreach (var queue in events.GroupBy(one => one.Queue, one => one.Message))
            await SendAsync(queue.Key, [.. queue]).ConfigureAwait(false);
        try
        {
            await kept.DropAsync(events.Select(one => one.Id), _giveUp.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (!_giveUp.IsCancellationRequested)
        {
            // At worst they are sent again.
            Log.EventsStillKept(logger, events.Count, exception.Message);
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

    private readonly record struct Result(ReadOnlyMemory<byte> Message, IReadOnlyList<KeptEvent> Events);
}
