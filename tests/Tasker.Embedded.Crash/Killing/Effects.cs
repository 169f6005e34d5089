using System.Globalization;

namespace Tasker.Embedded.Crash.Killing;

/// <summary>The side effects of steps: a line a run.</summary>
internal sealed class Effects(string file) : IDisposable
{
    private readonly LineFile _lines = new(file);

    public void Add(int task, string step, Guid number) => _lines.Add(string.Create(CultureInfo.InvariantCulture, $"{task} {step} {number}"));

    public void Dispose() => _lines.Dispose();

    /// <summary>All effects, in the order in which they happened.</summary>
    public static IEnumerable<(int Task, string Step, Guid Number)> Read(string file)
    {
        foreach (var words in LineFile.Read(file))
        {
            if (words is [var task, var step, var number] && Guid.TryParse(number, out var id))
                yield return (int.Parse(task, CultureInfo.InvariantCulture), step, id);
        }
    }
}
