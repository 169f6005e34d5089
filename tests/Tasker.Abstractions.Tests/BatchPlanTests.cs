namespace Tasker.Tests;

public sealed class BatchPlanTests
{
    /// <summary>Every row is a case of the cursor tables that tasker-core's Python and TypeScript workers agree on.</summary>
    [Theory]
    [InlineData(250, 100, null, "0-100 100-200 200-250")]
    [InlineData(100, 25, null, "0-25 25-50 50-75 75-100")]
    [InlineData(100, 30, null, "0-30 30-60 60-90 90-100")]
    [InlineData(50, 100, null, "0-50")]
    [InlineData(1, 1, null, "0-1")]
    [InlineData(500, 100, 10, "0-100 100-200 200-300 300-400 400-500")]
    [InlineData(1000, 200, 3, "0-334 334-668 668-1000")]
    [InlineData(101, 10, 4, "0-26 26-52 52-78 78-101")]
    [InlineData(10, 3, 3, "0-4 4-8 8-10")]
    [InlineData(10, 3, 0, "0-3 3-6 6-9 9-10")]
    public void Items_are_split_by_size(long total, long size, int? max, string expected) =>
        Assert.Equal(expected, Ranges(BatchPlan.ForItems(total, size, max)));

    private static string Ranges(BatchPlan plan) => string.Join(' ', plan.Cursors.Select(c => $"{c.Start}-{c.End}"));
}
