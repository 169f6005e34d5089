namespace Tasker;

/// <summary>
/// What a batch worker returns to give its slot back before its batch is finished: the checkpoint from which the batch goes on as soon as a slot is
/// free. It counts as no attempt. Made by <see cref="BatchContext.Yield"/>; converts to any <see cref="BatchResult"/>.
/// </summary>
public sealed class BatchYield
{
    internal BatchYield(CheckpointRecord record) => Record = record;

    /// <summary>The position to continue from.</summary>
    public BatchPosition Cursor => Record.Cursor;

    /// <summary>Items processed so far.</summary>
    public long ItemsProcessed => Record.ItemsProcessed;

    internal CheckpointRecord Record { get; }
}
