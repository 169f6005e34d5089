using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Tasker.Embedded.Storage;

/// <summary>Says what SQLite's errors mean for the file, and what to do.</summary>
internal static class SqliteErrors
{
    private const int PrimaryCode = 0xFF;

    public static TaskStoreException Explain(SqliteException exception, string file) =>
        new(Explain(exception.SqliteErrorCode, exception.Message, file), exception);

    public static TaskStoreException Explain(int code, string detail, string file, Exception? cause) => new(Explain(code, detail, file), cause);

    private static string Explain(int code, string detail, string file) => (code & PrimaryCode) switch
    {
        SQLITE_FULL => $"The disk that holds '{file}' is full. Free some space; work goes on by itself then.",
        SQLITE_READONLY or SQLITE_PERM or SQLITE_AUTH =>
            $"The file '{file}' cannot be written. Give this process write permission for the file and its folder.",
        SQLITE_CANTOPEN => $"The file '{file}' cannot be opened. Check that its folder exists and that this process may write there.",
        SQLITE_BUSY or SQLITE_LOCKED =>
            $"The file '{file}' is locked by another program. Close it there, for example a sqlite3 shell with an open transaction.",
        SQLITE_NOTADB => $"The file '{file}' is not a SQLite database. Give another Data Source, or move the file away.",
        SQLITE_CORRUPT => $"The file '{file}' is damaged ({detail}). Restore a backup, or save what can be saved with 'sqlite3 {file} .recover'.",
        SQLITE_IOERR => $"The file '{file}' could not be read or written ({detail}). Check the disk.",
        _ => $"SQLite could not use the file '{file}': {detail}",
    };
}
