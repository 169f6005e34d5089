using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tasker.Client;
using Tasker.Embedded.Orchestration;
using Tasker.Embedded.Telemetry;
using Tasker.Events;

namespace Tasker.Embedded.Storage;

/// <summary>Keeps tasks in a SQLite file: write-ahead log, one writer, readers on connections of their own that never wait for it.</summary>
internal sealed class SqliteTaskStore : ITaskStore
{
    private const int BusyTimeoutMilliseconds = 2000;

    /// <summary>The log at its longest and what is written meanwhile, so that the log need not be read from the disk to be dropped.</summary>
    private const int CacheKilobytes = 10_000;

    private readonly string _file;
    private readonly StoreFiles _files;
    private readonly string _writerConnection;
    private readonly string _readerConnection;
    private readonly CommitDurability _durability;
    private readonly TimeSpan? _keepFinished;
    private readonly ILogger _logger;

    private StoreLock? _lock;
    private SqliteConnection? _connection;
    private SqliteWriter? _writer;
    private WalCheckpoints? _checkpoints;
    private SqliteRetention? _retention;

    public SqliteTaskStore(string connectionString, CommitDurability durability, TimeSpan? keepFinished = null, ILogger? logger = null)
    {
        _logger = logger ?? NullLogger.Instance;
        var builder = new SqliteConnectionStringBuilder(connectionString);
        _file = builder.DataSource = StoreFiles.Find(builder.DataSource);
        _files = new StoreFiles(_file);
        builder.Mode = SqliteOpenMode.ReadWrite;
        builder.Pooling = true;
        _readerConnection = builder.ConnectionString;
        builder.Mode = SqliteOpenMode.ReadWriteCreate;
        builder.Pooling = false;
        _writerConnection = builder.ConnectionString;
        _durability = durability;
        _keepFinished = keepFinished;
    }

    public bool CommitsAtOnce => false;

    public DateTimeOffset NextUpkeep
    {
        get
        {
            var shorten = _writer?.NextShortening ?? DateTimeOffset.MaxValue;
            return _retention is { } retention && retention.Next < shorten ? retention.Next : shorten;
        }
    }

    public IReadOnlyList<StoredTask> Open()
    {
        try
        {
            _connection = new SqliteConnection(_writerConnection);
            // Somebody else's file is refused before a lock is put beside it. Reading needs none; what it finds is looked at again under the lock.
            if (Path.Exists(_file))
            {
                _connection.Open();
                SqliteSchema.Check(_connection, _file);
            }

            _lock = StoreLock.Take(_file);
            _connection.Open();
            SqliteSchema.Migrate(_connection, _file);
            Configure(_connection);
            SqliteLog.Settle(_connection);
            _retention = _keepFinished is { } keep ? new SqliteRetention(_connection, keep) : null;
            _checkpoints = new WalCheckpoints(_connection, _writerConnection);
            _writer = new SqliteWriter(_connection, _file, _checkpoints, SqliteReader.ReadNumbers(_connection));
            return SqliteReader.ReadUnfinished(_connection, Leave);
        }
        catch (Exception exception)
        {
            Dispose();
            throw Explain(exception) ?? exception;
        }
    }

    public void Commit(Changes changes, DateTimeOffset now)
    {
        var writer = _writer ?? throw new InvalidOperationException("The store is not open.");
        _files.Check();
        writer.Write(changes, now);
        _retention?.FollowClock(now);
        _checkpoints?.Committed();
    }

    public void Upkeep(DateTimeOffset now)
    {
        if (_writer is { } writer && writer.NextShortening <= now)
            writer.ShortenLog(now);
        try
        {
            if (_retention is { } retention && retention.Next <= now)
                retention.Sweep(now);
        }
        catch (SqliteException exception)
        {
            throw SqliteErrors.Explain(exception, _file);
        }
    }

    public StoredTask? Load(Guid taskId) => Read(taskId, SqliteReader.ReadTask);

    public Guid? FindByIdentity(string identityHash) => Read(identityHash, SqliteFinder.FindByIdentity);

    public DeadLetter? FindDeadLetter(Guid entryId) => Read(entryId, SqliteFinder.FindDeadLetter);

    public IEnumerable<(long Number, DomainEvent? Event)> ReadEvents(long after, int count, Func<StoredEvent, DomainEvent?> restore) =>
        Read((after, count), (connection, wanted) => SqliteOutbox.Read(connection, wanted.after, wanted.count, Leave))
            .Select(stored => (stored.Number, stored.Event is { } found ? restore(found) : null));

    public ValueTask<TaskRecord?> ReadAsync(Guid taskId, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(taskId, SqliteReader.ReadRecord));
    }

    public ValueTask<IReadOnlyList<TaskSummary>> ListAsync(TaskFilter filter, Guid? before, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<TaskSummary>>(
            Read((filter, before), static (connection, wanted) => SqliteFinder.List(connection, wanted.filter, wanted.before)));
    }

    public ValueTask<IReadOnlyList<DeadLetter>> ListDeadLettersAsync(DeadLetterFilter filter, Guid? before, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult<IReadOnlyList<DeadLetter>>(
            Read((filter, before), static (connection, wanted) => SqliteFinder.ListDeadLetters(connection, wanted.filter, wanted.before)));
    }

    public void Close()
    {
        try
        {
            _writer?.DropLog();
        }
        finally
        {
            Dispose();
        }
    }

    public void Dispose()
    {
        _checkpoints?.Dispose();
        _checkpoints = null;
        _writer?.Dispose();
        _writer = null;
        _connection?.Dispose();
        _connection = null;
        using (var reader = new SqliteConnection(_readerConnection))
            SqliteConnection.ClearPool(reader);
        _lock?.Dispose();
        _lock = null;
    }

    /// <summary>One row that somebody damaged keeps no other from going on.</summary>
    private void Leave(DamagedRowException row) => Log.RowLeft(_logger, _file, row.Message, row);

    /// <summary>On a connection of its own, so that nobody waits.</summary>
    private TResult Read<TWanted, TResult>(TWanted wanted, Func<SqliteConnection, TWanted, TResult> read)
    {
        try
        {
            using var connection = new SqliteConnection(_readerConnection);
            connection.Open();
            return read(connection, wanted);
        }
        catch (Exception exception) when (Explain(exception) is { } explained)
        {
            throw explained;
        }
    }

    private void Configure(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText =
            $"""
            PRAGMA busy_timeout = {BusyTimeoutMilliseconds};
            PRAGMA cache_size = -{CacheKilobytes};
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = {(_durability is CommitDurability.Full ? "FULL" : "NORMAL")};
            """;
        command.ExecuteNonQuery();
    }

    /// <summary>Lets the file grow no further than that, as a full disk would.</summary>
    internal void LimitPages(long pages)
    {
        using var command = _connection!.CreateCommand();
        command.CommandText = "PRAGMA max_page_count = " + pages.ToString(System.Globalization.CultureInfo.InvariantCulture);
        command.ExecuteNonQuery();
    }

    /// <summary>What an error of SQLite, or content that only damage explains, means for the file.</summary>
    private TaskStoreException? Explain(Exception exception) => exception switch
    {
        SqliteException sqlite => SqliteErrors.Explain(sqlite, _file),
        _ when exception is DamagedRowException || DamagedRowException.Explains(exception) => new TaskStoreException(
            $"The file '{_file}' holds something that Tasker did not write: {exception.Message} Restore a backup, or correct the row by hand.", exception),
        _ => null,
    };
}
