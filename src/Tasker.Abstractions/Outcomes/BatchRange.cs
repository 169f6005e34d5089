namespace Tasker;

/// <summary>A half-open range of positions that is to become a batch of a <see cref="BatchPlan"/>.</summary>
public readonly record struct BatchRange
{
    /// <summary>A range of integers; its size is their distance.</summary>
    /// <param name="start">The first position, 0 or more.</param>
    /// <param name="end">The position after the last.</param>
    /// <exception cref="ArgumentException">The range is negative, or ends before it starts.</exception>
    public BatchRange(long start, long end)
        : this(start, end, end - start)
    {
    }

    /// <summary>A range of positions of any kind.</summary>
    /// <param name="start">The first position.</param>
    /// <param name="end">The position after the last.</param>
    /// <param name="size">The number of items, 0 to 4,294,967,295; 0 when it is not known.</param>
    /// <exception cref="ArgumentException">The positions are of different kinds, or a range of integers is negative or not as large as it says.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="size"/> is out of range.</exception>
    public BatchRange(BatchPosition start, BatchPosition end, long size)
    {
        if (BatchPosition.WhatIsWrongWith(start, end) is { } wrong)
            throw new ArgumentException($"A batch cannot be made of this range: {wrong}.");
        ArgumentOutOfRangeException.ThrowIfNegative(size);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(size, uint.MaxValue);
        if (start.IsInt64 && end.ToInt64() - start.ToInt64() != size)
            throw new ArgumentException($"A batch cannot be made of this range: from {start} to {end} are {end.ToInt64() - start.ToInt64()} items, not {size}.");
        (Start, End, Size) = (start, end, size);
    }

    /// <summary>The first position.</summary>
    public BatchPosition Start { get; }

    /// <summary>The position after the last.</summary>
    public BatchPosition End { get; }

    /// <summary>The number of items; 0 when it is not known.</summary>
    public long Size { get; }
}
