using Tasker.Samples.Products;

namespace Tasker.Samples.Tests.Products;

public sealed class RowMarksTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(1000)]
    public void However_many_rows_a_mark_is_near_and_never_late(int rows)
    {
        var marks = new RowMarks(capacity: 8);
        var kept = 0;
        for (var row = 0L; row < rows; row++)
        {
            if (!marks.Wants(row))
                continue;
            marks.Add(new RowMark(row, row * 10, row + 2));
            kept++;
        }

        for (var row = 0L; row < rows; row++)
        {
            var mark = marks.Before(row);
            Assert.InRange(mark.Row, Math.Max(0, row - (rows / 4) - 1), row);
            Assert.Equal(new RowMark(mark.Row, mark.Row * 10, mark.Row + 2), mark);
        }

        Assert.InRange(kept, 1, 8 + (4 * 10));
    }
}
