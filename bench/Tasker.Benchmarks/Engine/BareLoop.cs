using System.Text.Json;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Tasker.Benchmarks.Engine;

/// <summary>
/// The floor: what the machine does with the same durability and no workflow engine. Channels, JSON on every hop, and, when it has a file, one
/// appended row a step and one commit for all steps that came in meanwhile. It knows no states, retries, identities or queries, and cannot resume.
/// </summary>
internal sealed partial class BareLoop : IAsyncDisposable
{
    private const int LargestCommit = 4096;

    private readonly int[] _widths;
    private readonly Channel<Item> _work = Channel.CreateUnbounded<Item>();
    private readonly Channel<Item> _done = Channel.CreateUnbounded<Item>(new UnboundedChannelOptions { SingleReader = true });
    private readonly Task[] _workers;
    private readonly Task? _journal;
    private readonly SqliteConnection? _connection;
    private readonly TimeSpan _flushDelay;
    private long _lastTask;

    /// <param name="widths">How many steps run after one another, and how many side by side.</param>
    /// <param name="file">The SQLite file, or <see langword="null"/> for none.</param>
    /// <param name="flushDelay">By how much each flush is delayed.</param>
    public BareLoop(int[] widths, string? file, TimeSpan flushDelay)
    {
        _widths = widths;
        _flushDelay = flushDelay;
        if (file is not null)
        {
            _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ConnectionString);
            _connection.Open();
            using var command = _connection.CreateCommand();
            command.CommandText =
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE journal (id INTEGER PRIMARY KEY, task INTEGER, step INTEGER, result TEXT)";
            command.ExecuteNonQuery();
            _journal = Task.Factory.StartNew(KeepJournal, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }

        _workers = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(_ => Task.Run(WorkAsync))];
    }

    public Task RunAsync(int id)
    {
        var task = new Run(Interlocked.Increment(ref _lastTask));
        _work.Writer.TryWrite(new Item(task, 0, JsonSerializer.SerializeToUtf8Bytes(new Order(id, 2), FloorJson.Default.Order)));
        return task.Finished.Task;
    }

    public async ValueTask DisposeAsync()
    {
        _work.Writer.Complete();
        await Task.WhenAll(_workers);
        _done.Writer.Complete();
        if (_journal is not null)
            await _journal;
        _connection?.Dispose();
    }

    private async Task WorkAsync()
    {
        await foreach (var item in _work.Reader.ReadAllAsync())
        {
            var order = JsonSerializer.Deserialize(item.Json, FloorJson.Default.Order)!;
            var done = item with { Json = JsonSerializer.SerializeToUtf8Bytes(order with { Quantity = order.Quantity + 1 }, FloorJson.Default.Order) };
            if (_journal is null)
                Next(done);
            else
                _done.Writer.TryWrite(done);
        }
    }

    private void Next(Item item)
    {
        var run = item.Task;
        if (Interlocked.Increment(ref run.StepsDone) < _widths[item.Step])
            return;
        run.StepsDone = 0;
        if (item.Step + 1 == _widths.Length)
        {
            run.Finished.SetResult();
            return;
        }

        for (var i = 0; i < _widths[item.Step + 1]; i++)
            _work.Writer.TryWrite(item with { Step = item.Step + 1 });
    }

    private void KeepJournal()
    {
        var database = _connection!.Handle!;
        using var begin = Prepare("BEGIN IMMEDIATE");
        using var insert = Prepare("INSERT INTO journal (task, step, result) VALUES (?, ?, ?)");
        using var commit = Prepare("COMMIT");
        var batch = new List<Item>(LargestCommit);
        while (_done.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Run(begin);
            while (batch.Count < LargestCommit && _done.Reader.TryRead(out var item))
            {
                Check(sqlite3_bind_int64(insert, 1, item.Task.Id));
                Check(sqlite3_bind_int64(insert, 2, item.Step));
                Check(sqlite3_bind_text(insert, 3, item.Json));
                Run(insert);
                batch.Add(item);
            }

            if (_flushDelay > TimeSpan.Zero)
                Thread.Sleep(_flushDelay);
            Run(commit);
            foreach (var item in batch)
                Next(item);
            batch.Clear();
        }

        sqlite3_stmt Prepare(string sql)
        {
            Check(sqlite3_prepare_v2(database, sql, out var statement));
            return statement;
        }

        static void Run(sqlite3_stmt statement)
        {
            if (sqlite3_step(statement) != SQLITE_DONE)
                throw new InvalidOperationException("SQLite refused a statement of the bare loop.");
            Check(sqlite3_reset(statement));
        }

        static void Check(int result)
        {
            if (result != SQLITE_OK)
                throw new InvalidOperationException($"SQLite answered the bare loop with {result}.");
        }
    }

    private sealed class Run(long id)
    {
        public int StepsDone;

        public long Id { get; } = id;

        public TaskCompletionSource Finished { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    private readonly record struct Item(Run Task, int Step, byte[] Json);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
    [JsonSerializable(typeof(Order))]
    private sealed partial class FloorJson : JsonSerializerContext;
}
