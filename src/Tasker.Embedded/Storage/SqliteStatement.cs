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
    private readonly string?[] _bound;
    private int _next;

    public SqliteStatement(sqlite3 database, string sql, string file)
    {
        _database = database;
        _file = file;
        Check(sqlite3_prepare_v3(database, sql, SQLITE_PREPARE_PERSISTENT, out _statement));
        _bound = new string?[sqlite3_bind_parameter_count(_statement)];
    }

    public SqliteStatement Bind(long value)
    {
        Check(sqlite3_bind_int64(_statement, Next(), value));
        return this;
    }

    public SqliteStatement Bind(ReadOnlySpan<byte> text)
    {
        Check(text.IsEmpty ? sqlite3_bind_text(_statement, Next(), "") : sqlite3_bind_text(_statement, Next(), text));
        return this;
    }

    public SqliteStatement BindOrNull(ReadOnlySpan<byte> text)
    {
        Check(text.IsEmpty ? sqlite3_bind_null(_statement, Next()) : sqlite3_bind_text(_statement, Next(), text));
        return this;
    }

    /// <summary>Binds a text. One that the statement has from its last run is not bound again: rows share most of theirs.</summary>
    public SqliteStatement Bind(string text)
    {
        if (ReferenceEquals(_bound[_next], text))
        {
            _next++;
            return this;
        }

        var longest = Encoding.UTF8.GetMaxByteCount(text.Length);
        Span<byte> bytes = longest <= 512 ? stackalloc byte[longest] : new byte[longest];
        Bind(bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        _bound[_next - 1] = text;
        return this;
    }

    public SqliteStatement BindOrNull(string? text) => text is null ? BindOrNull(default(ReadOnlySpan<byte>)) : Bind(text);

    public SqliteStatement Bind(Guid id)
    {
        Span<byte> bytes = stackalloc byte[36];
        id.TryFormat(bytes, out var length);
        return Bind(bytes[..length]);
    }

    public SqliteStatement Bind(Guid? id) => id is { } value ? Bind(value) : BindOrNull(default(ReadOnlySpan<byte>));

    public SqliteStatement Bind(DateTimeOffset time)
    {
        Span<byte> bytes = stackalloc byte[StoredTime.Length];
        StoredTime.Format(time, bytes);
        return Bind(bytes);
    }

    public SqliteStatement Bind(DateTimeOffset? time) => time is { } value ? Bind(value) : BindOrNull(default(ReadOnlySpan<byte>));

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
        _ = sqlite3_reset(_statement);
    }

    public void Dispose() => _statement.Dispose();

    /// <summary>The next parameter, which will have another value.</summary>
    private int Next()
    {
        _bound[_next] = null;
        return ++_next;
    }

    private void Check(int result)
    {
        if (result != SQLITE_OK)
            throw Failed(result);
    }

    private TaskStoreException Failed(int result) =>
        SqliteErrors.Explain(result, sqlite3_errmsg(_database).utf8_to_string(), _file, cause: null);
}
