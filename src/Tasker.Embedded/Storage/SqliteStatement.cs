using System.Text;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Tasker.Embedded.Storage;

/// <summary>
/// A prepared statement of the writer. It binds UTF-8 as it is, so that JSON goes from a handler to the file without becoming a string.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string _file;
    private readonly Bound[] _bound;
    private int _next;

    public SqliteStatement(sqlite3 database, string sql, string file)
    {
        _database = database;
        _file = file;
        Check(sqlite3_prepare_v3(database, sql, SQLITE_PREPARE_PERSISTENT, out _statement));
        _bound = new Bound[sqlite3_bind_parameter_count(_statement)];
    }

    public SqliteStatement Bind(long value)
    {
        if (Has(BoundKind.Number, value))
            return this;
        Check(sqlite3_bind_int64(_statement, _next + 1, value));
        return Now(BoundKind.Number, value);
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> text)
    {
        Check(text.IsEmpty ? sqlite3_bind_text(_statement, _next + 1, "") : sqlite3_bind_text(_statement, _next + 1, text));
        return Now(BoundKind.Other);
    }

    public SqliteStatement BindOrNull(ReadOnlySpan<byte> text) => text.IsEmpty ? BindNull() : Bind(text);

    public SqliteStatement Bind(string text)
    {
        if (ReferenceEquals(_bound[_next].Text, text))
        {
            _next++;
            return this;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = longest <= 512 ? stackalloc byte[longest] : new byte[longest];
        Bind(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        _bound[_next - 1].Text = text;
        return this;
    }

    public SqliteStatement BindOrNull(string? text) => text is null ? BindNull() : Bind(text);

    public SqliteStatement Bind(Guid id)
    {
        Span<byte> bytes = stackalloc byte[36];
        id.TryFormat(bytes, out var length);
        return Bind(bytes[..length]);
    }

    public SqliteStatement Bind(Guid? id) => id is { } value ? Bind(value) : BindNull();

    public SqliteStatement Bind(DateTimeOffset time)
    {
        if (Has(BoundKind.Time, time.UtcTicks))
            return this;
        Span<byte> bytes = stackalloc byte[StoredTime.Length];
        StoredTime.Format(time, bytes);
        Check(sqlite3_bind_text(_statement, _next + 1, bytes));
        return Now(BoundKind.Time, time.UtcTicks);
    }

    public SqliteStatement Bind(DateTimeOffset? time) => time is { } value ? Bind(value) : BindNull();

    /// <summary>Runs the statement and makes it ready for its next use.</summary>
    public void Run()
    {
        var result = sqlite3_step(_statement);
        _next = 0;
        var reset = sqlite3_reset(_statement);
        if (result is not (SQLITE_DONE or SQLITE_ROW))
            throw Failed(result);
        Check(reset);
    }

    /// <summary>Forgets what was bound, after an error.</summary>
    public void Reset()
    {
        _next = 0;
        Array.Fill(_bound, new Bound { Kind = BoundKind.Other });
        _ = sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    private SqliteStatement BindNull()
    {
        if (Has(BoundKind.Null, 0))
            return this;
        Check(sqlite3_bind_null(_statement, _next + 1));
        return Now(BoundKind.Null);
    }

    /// <summary>Passes over the next parameter when it has this value from the last run.</summary>
    private bool Has(BoundKind kind, long value)
    {
        ref readonly var bound = ref _bound[_next];
        if (bound.Kind != kind || bound.Value != value)
            return false;
        _next++;
        return true;
    }

    /// <summary>The next parameter has this value now.</summary>
    private SqliteStatement Now(BoundKind kind, long value = 0)
    {
        _bound[_next++] = new Bound { Kind = kind, Value = value };
        return this;
    }

    private void Check(int result)
    {
        if (result != SQLITE_OK)
            throw Failed(result);
    }

    private TaskStoreException Failed(int result) =>
        SqliteErrors.Explain(result, sqlite3_errmsg(_database).utf8_to_string(), _file, cause: null);

    private enum BoundKind
    {
        Null,
        Number,
        Time,

        /// <summary>Something that is not compared, or a <see cref="Bound.Text"/>.</summary>
        Other,
    }

    /// <summary>What a parameter has from the last run: rows share most of what they have, and what is the same is not bound again.</summary>
    private struct Bound
    {
        public BoundKind Kind;
        public long Value;
        public string? Text;
    }
}
