namespace Tasker.Embedded.Storage;

/// <summary>The files of a database: which ones they are, and whether they are still there.</summary>
/// <param name="database">The database, by its own name.</param>
internal sealed class StoreFiles(string database)
{
    private readonly string _log = database + "-wal";

    /// <summary>The file that a path leads to: one database has one lock, whatever link it is reached by.</summary>
    public static string Find(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Opening it will say what is wrong.
            return path;
        }
    }

    /// <summary>
    /// SQLite goes on with files that were deleted or moved away, as if nothing had happened, and what is written then is gone with the process.
    /// </summary>
    /// <exception cref="TaskStoreException">A file is gone.</exception>
    public void Check()
    {
        if (!IsThere(database))
            throw new TaskStoreException($"The file '{database}' was deleted or moved away while the engine uses it, so nothing is stored. Put that file back, or restore a backup and restart.");
        if (!IsThere(_log))
        {
            throw new TaskStoreException(
                $"The file '{_log}' was deleted while the engine uses it, so nothing is stored. Stop this process without killing it, so that what it has stored is kept, and restart.");
        }
    }

    /// <summary>
    /// Without a look at the file's times: once somebody has asked for them, Linux stores the next ones exactly, and a commit, which then has to store them, too, takes half as
    /// long again.
    /// </summary>
    private static bool IsThere(string path)
    {
        try
        {
            File.ResolveLinkTarget(path, returnFinalTarget: false);
            return true;
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return false;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Writing to it will say what is wrong.
            return true;
        }
    }
}
