using System.Text.Json;
using CsCheck;

namespace Tasker.Tests;

public sealed class BatchPlanTests
{
    /// <summary>The cursor tables that tasker-core's Python and TypeScript workers agree on (worker behaviour §1.1).</summary>
    [Theory]
    [InlineData(250, 100, null, "0-100 100-200 200-250")]
    [InlineData(100, 25, null, "0-25 25-50 50-75 75-100")]
    [InlineData(100, 30, null, "0-30 30-60 60-90 90-100")]
    [InlineData(50, 100, null, "0-50")]
    [InlineData(1, 1, null, "0-1")]
    [InlineData(1, 1000, null, "0-1")]
    [InlineData(500, 100, 10, "0-100 100-200 200-300 300-400 400-500")]
    [InlineData(1000, 200, 3, "0-334 334-668 668-1000")]
    [InlineData(101, 10, 4, "0-26 26-52 52-78 78-101")]
    [InlineData(10, 3, 3, "0-4 4-8 8-10")]
    [InlineData(10, 3, 0, "0-3 3-6 6-9 9-10")]
    [InlineData(10, 3, -1, "0-3 3-6 6-9 9-10")]
    public void Items_are_split_by_size(long total, long size, int? max, string expected) =>
        Assert.Equal(expected, Ranges(BatchPlan.ForItems(total, size, max)));

    [Theory]
    [InlineData(10_000, 100, 10, 10, 1_000)]
    [InlineData(1_000_000, 1_000, 50, 50, 20_000)]
    [InlineData(1_000_000, 100_000, null, 10, 100_000)]
    [InlineData(10_000, 100, null, 100, 100)]
    public void Batches_grow_rather_than_lose_items(long total, long size, int? max, int batches, long grown)
    {
        var plan = BatchPlan.ForItems(total, size, max);

        Assert.Equal(batches, plan.Cursors.Length);
        Assert.All(plan.Cursors, cursor => Assert.Equal(grown, cursor.Size));
        Assert.Equal(total, plan.Cursors[^1].End);
    }

    [Theory]
    [InlineData(900, 3, "0-300 300-600 600-900")]
    [InlineData(1000, 3, "0-334 334-668 668-1000")]
    [InlineData(10, 3, "0-4 4-8 8-10")]
    [InlineData(3, 10, "0-1 1-2 2-3")]
    [InlineData(5, 10, "0-1 1-2 2-3 3-4 4-5")]
    [InlineData(10, 7, "0-2 2-4 4-6 6-8 8-10")]
    [InlineData(1000, 1, "0-1000")]
    [InlineData(0, 5, "")]
    public void Items_are_split_by_workers(long total, int workers, string expected) =>
        Assert.Equal(expected, Ranges(BatchPlan.ForWorkers(total, workers)));

    [Fact]
    public void Ids_count_from_001_and_grow_beyond_three_digits()
    {
        var plan = BatchPlan.ForItems(1_001, 1);

        Assert.Equal("001", plan.Cursors[0].BatchId);
        Assert.Equal("999", plan.Cursors[998].BatchId);
        Assert.Equal("1001", plan.Cursors[1000].BatchId);
    }

    [Fact]
    public void No_items_make_an_empty_plan_whatever_the_size()
    {
        var plan = BatchPlan.ForItems(0, 0);

        Assert.Empty(plan.Cursors);
        Assert.Equal("empty_dataset", plan.Reason);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(100, -10)]
    [InlineData(-1, 10)]
    public void Impossible_sizes_are_refused(long total, long size) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchPlan.ForItems(total, size));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Impossible_worker_counts_are_refused_even_without_items(int workers) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => BatchPlan.ForWorkers(0, workers));

    [Fact]
    public void Every_item_is_in_exactly_one_batch() =>
        Gen.Select(Gen.Long[0, 100_000], Gen.Long[1, 5_000], Gen.Int[0, 60].Nullable()).Sample(
            (total, size, max) => IsPartition(BatchPlan.ForItems(total, size, max), total)
                && (max is not > 0 || BatchPlan.ForItems(total, size, max).Cursors.Length <= max));

    [Fact]
    public void Every_item_is_in_exactly_one_workers_batch() =>
        Gen.Select(Gen.Long[0, 100_000], Gen.Int[1, 500]).Sample(
            (total, workers) => IsPartition(BatchPlan.ForWorkers(total, workers), total)
                && BatchPlan.ForWorkers(total, workers).Cursors.Length <= workers);

    [Fact]
    public void The_largest_totals_do_not_overflow()
    {
        var plan = BatchPlan.ForItems(long.MaxValue, 1, 3);

        Assert.True(IsPartition(plan, long.MaxValue));
        Assert.Equal(3, plan.Cursors.Length);
    }

    [Fact]
    public void Ranges_of_any_kind_become_batches()
    {
        var noon = new DateTimeOffset(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
        using var outcome = new StepOutcome();
        outcome.BeginBatchPlan(
            BatchPlan.ForRanges(
                new BatchRange(5, 8),
                new BatchRange("a", "m", 20),
                new BatchRange(noon, noon.AddHours(1), 0),
                new BatchRange(BatchPosition.FromElement(JsonElement.Parse("""{"page":1}""")), BatchPosition.FromElement(JsonElement.Parse("""{"page":5}""")), 250)),
            "work");
        outcome.End();

        Assert.Equal(
            """
            {"batch_processing_outcome":{"type":"create_batches","worker_template_name":"work","worker_count":4,"cursor_configs":[
            {"batch_id":"001","start_cursor":5,"end_cursor":8,"batch_size":3},
            {"batch_id":"002","start_cursor":"a","end_cursor":"m","batch_size":20},
            {"batch_id":"003","start_cursor":"2026-01-02T12:00:00+00:00","end_cursor":"2026-01-02T13:00:00+00:00","batch_size":0},
            {"batch_id":"004","start_cursor":{"page":1},"end_cursor":{"page":5},"batch_size":250}],
            "total_items":273},"worker_count":4,"total_items":273}
            """.ReplaceLineEndings(""),
            System.Text.Encoding.UTF8.GetString(outcome.Result.Span));
    }

    [Fact]
    public void No_ranges_make_an_empty_plan() => Assert.Equal("empty_dataset", BatchPlan.ForRanges().Reason);

    [Theory]
    [InlineData(-1, 5, 6, "it starts at -1, before 0")]
    [InlineData(5, 4, 0, "it starts at 5, after its end 4")]
    [InlineData(0, 10, 9, "from 0 to 10 are 10 items, not 9")]
    public void An_impossible_range_of_integers_is_refused(long start, long end, long size, string why) =>
        Assert.Contains(why, Assert.Throws<ArgumentException>(() => new BatchRange((BatchPosition)start, end, size)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_range_of_two_kinds_or_an_impossible_size_is_refused()
    {
        Assert.Contains(
            "one of its positions 1 and \"z\" is an integer, the other is not",
            Assert.Throws<ArgumentException>(() => new BatchRange(1, "z", 1)).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchRange("a", "b", -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BatchRange("a", "b", 4_294_967_296));
    }

    private static bool IsPartition(BatchPlan plan, long total)
    {
        var next = 0L;
        foreach (var cursor in plan.Cursors)
        {
            if (cursor.Start != next || cursor.Size <= 0)
                return false;
            next = cursor.End;
        }

        return next == total && plan.TotalItems == total;
    }

    private static string Ranges(BatchPlan plan) => string.Join(' ', plan.Cursors.Select(c => $"{c.Start}-{c.End}"));
}
