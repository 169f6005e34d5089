namespace Tasker;

/// <summary>One batch: a half-open range of positions.</summary>
/// <param name="BatchId">The batch's id, <c>001</c> for the first. It ends the name of the batch's step.</param>
/// <param name="StartPosition">The first position.</param>
/// <param name="EndPosition">The position after the last.</param>
/// <param name="Size">The number of items.</param>
public readonly record struct BatchCursor(string BatchId, BatchPosition StartPosition, BatchPosition EndPosition, long Size)
{
    /// <summary>The first position as an integer.</summary>
    /// <exception cref="FormatException">It is not an integer.</exception>
    public long Start => StartPosition.ToInt64();

    /// <summary>The position after the last as an integer.</summary>
    /// <exception cref="FormatException">It is not an integer.</exception>
    public long End => EndPosition.ToInt64();
}
