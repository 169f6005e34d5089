namespace Tasker.Samples.Products;

/// <summary>
/// Remembers where some of the rows of a file start: evenly spread, and never more than a few thousand however large the file is.
/// </summary>
/// <param name="capacity">The most marks to keep, an even number.</param>
public sealed class RowMarks(int capacity = 4096)
{
    private readonly List<RowMark> _marks = [];
    private long _stride = 1;

    /// <summary>Whether the row is one to mark. Rows are offered in order, from 0.</summary>
    public bool Wants(long row) => row % _stride == 0;

    /// <summary>Keeps a mark of a row that was wanted; makes room by dropping every other one.</summary>
    public void Add(RowMark mark)
    {
        if (_marks.Count == capacity)
        {
            for (var i = 0; i < capacity / 2; i++)
                _marks[i] = _marks[i * 2];
            _marks.RemoveRange(capacity / 2, capacity / 2);
            _stride *= 2;
        }

        _marks.Add(mark);
    }

    /// <summary>The last mark at or before a row.</summary>
    public RowMark Before(long row) => _marks[(int)Math.Min(row / _stride, _marks.Count - 1)];
}
