using Microsoft.Data.Sqlite;
using Tasker.Embedded.Engine;
using static SQLitePCL.raw;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Copies the write-ahead log to the database in the background, so that commits do not wait for it, and keeps the log short: when nearly all is
/// copied the writer copies the rest, and its next commit begins the log anew, in space that the disk has given it already.
/// </summary>
internal sealed class WalCheckpoints : IDisposable
{
    /// <summary>The log is copied when it has this many pages, 16 MB.</summary>
    private const int Pages = 4000;

    /// <summary>So many are left to the writer.</summary>
    private const int FewPages = 200;

    private const int MostPasses = 4;

    private const int PagesWritten = 9;

    /// <summary>Of the log: a page and what the log says about it.</summary>
    private const int BytesOfPage = 4096 + 24;

    private readonly SqliteConnection _writer;
    private readonly SqliteConnection _copier;
    private readonly WorkThread _thread;
    private readonly WalSpace _space;
    private long _lastBegan;
    private volatile Stage _stage;

    /// <param name="writer">The connection that commits; it no longer copies by itself.</param>
    /// <param name="connectionString">Opens another.</param>
    public WalCheckpoints(SqliteConnection writer, string connectionString)
    {
        _writer = writer;
        _copier = new SqliteConnection(connectionString);
        _copier.Open();
        _space = new WalSpace(writer.DataSource);
        LearnOfLog(_copier);
        _thread = new WorkThread("Tasker checkpoints", Copy);
        _ = sqlite3_wal_autocheckpoint(writer.Handle!, 0);
    }

    private enum Stage
    {
        Idle,
        Copying,
        Copied,
    }

    /// <summary>Called by the writer before each commit, within its transaction.</summary>
    public void Committing() => _space.Reserve((Written - _lastBegan) * BytesOfPage);

    /// <summary>Called by the writer after each commit.</summary>
    public void Committed()
    {
        switch (_stage)
        {
            case Stage.Idle when Written - _lastBegan >= Pages:
                _stage = Stage.Copying;
                _thread.Wake();
                break;
            case Stage.Copied:
                Checkpoint(_writer);
                _lastBegan = Written;
                _stage = Stage.Idle;
                break;
        }
    }

    public void Dispose()
    {
        _thread.Stop();
        _thread.Join();
        _copier.Dispose();
        _space.Dispose();
    }

    private long Written => sqlite3_db_status(_writer.Handle!, PagesWritten, out var pages, out _, 0) == SQLITE_OK ? pages : 0;

    private void Copy()
    {
        // What is written meanwhile is copied, too, so that little is left for the writer.
        var (before, copied) = (-FewPages, 0);
        for (var pass = 0; pass < MostPasses && copied - before >= FewPages; pass++)
            (before, copied) = (copied, Checkpoint(_copier));
        _stage = Stage.Copied;
    }

    /// <summary>A connection that has not read anything yet does not know that there is a write-ahead log, and would copy nothing.</summary>
    private static void LearnOfLog(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM sqlite_schema";
        command.ExecuteScalar();
    }

    /// <summary>What cannot be copied now, because the disk is full or somebody reads an older state, stays in the log and is copied later.</summary>
    /// <returns>How many pages of the log are copied.</returns>
    private static int Checkpoint(SqliteConnection connection)
    {
        _ = sqlite3_wal_checkpoint_v2(connection.Handle!, "main", SQLITE_CHECKPOINT_PASSIVE, out _, out var copied);
        return copied;
    }
}
