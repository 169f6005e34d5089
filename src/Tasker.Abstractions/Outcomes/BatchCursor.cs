namespace Tasker;

/// <summary>One batch: a half-open range of cursor positions.</summary>
/// <param name="BatchId">The batch's id, <c>001</c> for the first. It ends the name of the batch's step.</param>
/// <param name="Start">The first position.</param>
/// <param name="End">The position after the last.</param>
public readonly record struct BatchCursor(string BatchId, long Start, long End)
{
    /// <summary>The number of positions.</summary>
    public long Size => End - Start;
}
