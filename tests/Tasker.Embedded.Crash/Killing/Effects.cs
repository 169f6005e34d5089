using System.Globalization;
using System.Text;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>The side effects of steps: a line a run in a file that outlives the process.</summary>
internal sealed class Effects(string file) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _stream = new(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Add(int task, string step, Guid number)
    {
        // One write a line, so that a kill leaves whole lines, or at most one torn one.
        var line = Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{task} {step} {number}\n"));
        lock (_gate)
            _stream.Write(line);
    }

    public void Dispose() => _stream.Dispose();

    /// <summary>All lines of a file, in the order in which they happened.</summary>
    public static IEnumerable<(int Task, string Step, Guid Number)> Read(string file)
    {
        if (!File.Exists(file))
            yield break;
        foreach (var line in File.ReadLines(file))
        {
            if (line.Split(' ') is [var task, var step, var number] && Guid.TryParse(number, out var id))
                yield return (int.Parse(task, CultureInfo.InvariantCulture), step, id);
        }
    }
}
