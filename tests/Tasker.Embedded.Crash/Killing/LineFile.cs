using System.Text;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>A file of lines that outlives the process.</summary>
internal sealed class LineFile(string file) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _stream = new(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Add(string line)
    {
        // One write a line, so that a kill leaves whole lines, or at most one torn one.
        var bytes = Encoding.UTF8.GetBytes(line + "\n");
        lock (_gate)
            _stream.Write(bytes);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>The words of all lines, in the order in which they were added.</summary>
    public static IEnumerable<string[]> Read(string file) => File.Exists(file) ? File.ReadLines(file).Select(line => line.Split(' ')) : [];
}
