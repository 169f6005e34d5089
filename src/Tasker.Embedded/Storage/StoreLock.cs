namespace Tasker.Embedded.Storage;

/// <summary>
/// Keeps a second engine, in this or another process, off a database file: an exclusively opened file beside it. The operating system lets go of
/// it when the process ends, however it ends; the empty file stays behind.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private const int InUseOnLinux = 11;
    private const int InUseOnApple = 35;
    private const int InUseOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="TaskStoreException">Another engine has the file, or the folder cannot be written to.</exception>
    public static StoreLock Take(string database)
    {
        var path = database + ".lock";
        try
        {
            return new StoreLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (DirectoryNotFoundException exception)
        {
            throw new TaskStoreException(
                $"The folder '{Path.GetDirectoryName(database)}' for the file '{database}' does not exist. Create it, or give another Data Source.", exception);
        }
        catch (UnauthorizedAccessException exception)
        {
            throw new TaskStoreException(
                $"The file '{path}' cannot be written. Give this process write permission for the folder of '{database}', or give another Data Source.", exception);
        }
        catch (IOException exception)
        {
            throw Explain(database, path, exception);
        }
    }

    /// <summary>Says what kept a file from being opened: another engine, or, for example, a file system that is read-only.</summary>
    internal static TaskStoreException Explain(string database, string path, IOException exception) => exception.HResult is InUseOnLinux or InUseOnApple or InUseOnWindows
        ? new TaskStoreException(
            $"The file '{database}' is in use by another embedded engine. One engine at a time may use a file: stop the other one, or give this one " +
            "a Data Source of its own.",
            exception)
        : new TaskStoreException($"The file '{path}' cannot be written: {exception.Message} Give another Data Source.", exception);

    public void Dispose() => _file.Dispose();
}
