using System.Text;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>A file of lines that outlives the process. One process at a time writes it.</summary>
internal sealed class LineFile(string file) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _stream = Open(file);

    public void Add(string line)
    {
        // One write a line, so that a kill leaves whole lines, or at most one torn one: a write goes page by page, and a kill may come in between.
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
            _stream.Write(bytes);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>Ends a line that a killed process has left torn, or it would take the next one with it.</summary>
    private static FileStream Open(string file)
    {
        var stream = new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        if (stream.Length > 0)
        {
            stream.Position = stream.Length - 1;
            if (stream.ReadByte() != '\n')
                stream.WriteByte((byte)'\n');
        }

        return stream;
    }

    /// <summary>The words of all lines, in the order in which they were added.</summary>
    public static IEnumerable<string[]> Read(string file) => File.Exists(file) ? File.ReadLines(file).Select(line => line.Split(' ')) : [];
}
