using Microsoft.Win32.SafeHandles;

namespace Tasker.Embedded.Storage;

/// <summary>
/// Makes the file of the write-ahead log longer in large pieces, before they are needed: a commit that makes it longer keeps the disk busy for twice as long
/// as one that writes where something was before. What is added is no part of the log for SQLite. Used by the writer only, within a transaction, so that nobody
/// else writes to the file.
/// </summary>
/// <param name="file">The database.</param>
internal sealed class WalSpace(string file) : IDisposable
{
    private const int Piece = 512 * 1024;
    private const int Part = 64 * 1024;

    private SafeFileHandle? _log;
    private long _length;

    /// <summary>Sees to it that the next commit finds space.</summary>
    /// <param name="used">How many bytes the log has.</param>
    public void Reserve(long used)
    {
        if (used + (Piece / 2) <= _length)
            return;
        try
        {
            _log ??= File.OpenHandle(file + "-wal", FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            _length = RandomAccess.GetLength(_log);
            if (used + (Piece / 2) > _length)
                Add(_log);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // If the disk is full, the commit will say so.
            _length = long.MaxValue / 2;
        }
    }

    public void Dispose() => _log?.Dispose();

    private void Add(SafeFileHandle log)
    {
        var nothing = new byte[Part];
        for (var end = _length + Piece; _length < end; _length += Part)
            RandomAccess.Write(log, nothing, _length);
    }
}
