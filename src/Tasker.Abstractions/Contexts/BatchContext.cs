using Tasker.Json;
using Tasker.Templates;

namespace Tasker;

/// <summary>
/// The batch that a <see cref="BatchWorkerAttribute"/> handler processes: a half-open range of positions and the checkpoint of an
/// earlier attempt. Not safe for concurrent use.
/// </summary>
public class BatchContext
{
    private readonly StepContext _context;
    private readonly BatchInputs _inputs;
    private CheckpointRecord? _checkpoint;

    /// <summary>Reads the batch from a step's inputs.</summary>
    /// <exception cref="ValidationException">The step has no batch inputs, or they are malformed.</exception>
    public BatchContext(StepContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _inputs = BatchInputs.Parse(context.Step);
        _checkpoint = CheckpointRecord.Parse(context.Step);
    }

    /// <summary>The batch's id, <c>001</c> for the first.</summary>
    public string BatchId => _inputs.Cursor.BatchId;

    /// <summary>The first position, for batches that count in integers.</summary>
    /// <exception cref="ValidationException">It is not an integer; <see cref="StartPosition"/> is any JSON value.</exception>
    public long Start => Integer(StartPosition, "start", nameof(StartPosition));

    /// <summary>The position after the last, for batches that count in integers.</summary>
    /// <exception cref="ValidationException">It is not an integer; <see cref="EndPosition"/> is any JSON value.</exception>
    public long End => Integer(EndPosition, "end", nameof(EndPosition));

    /// <summary>The first position.</summary>
    public BatchPosition StartPosition => _inputs.Cursor.StartPosition;

    /// <summary>The position after the last.</summary>
    public BatchPosition EndPosition => _inputs.Cursor.EndPosition;

    /// <summary>The number of items; 0 when the analyzer did not know it.</summary>
    public long Size => _inputs.Cursor.Size;

    /// <summary>What the cursor counts, such as <c>row_number</c>.</summary>
    public string? CursorField => _inputs.CursorField;

    /// <summary>What happens to the other batches when this one fails for good.</summary>
    public BatchFailureStrategy FailureStrategy => _inputs.FailureStrategy;

    /// <summary>Whether this is the placeholder of an empty plan, which a handler sees only when it asks for it.</summary>
    public bool IsPlaceholder => _inputs.IsNoOp;

    /// <summary>Whether an earlier attempt left a checkpoint, or this one has made one.</summary>
    public bool HasCheckpoint => _checkpoint is not null;

    /// <summary>Items processed up to the checkpoint; 0 without one.</summary>
    public long CheckpointItemsProcessed => _checkpoint?.ItemsProcessed ?? 0;

    /// <summary>The position to continue from: that of the checkpoint, or <paramref name="from"/> without one.</summary>
    /// <exception cref="ValidationException">The checkpoint's cursor is not an integer.</exception>
    public long Resume(long from) => Integer(Resume((BatchPosition)from), "checkpoint", "Resume(BatchPosition)");

    /// <summary>The position to continue from: that of the checkpoint, or <paramref name="from"/> without one.</summary>
    public BatchPosition Resume(BatchPosition from) => _checkpoint is { HasCursor: true } checkpoint ? checkpoint.Cursor : from;

    /// <summary>Keeps how far this batch has come. When the returned task completes, it survives a crash.</summary>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask CheckpointAsync(BatchPosition cursor, long itemsProcessed, CancellationToken cancellationToken) =>
        SaveAsync(Next(cursor, itemsProcessed, ReadOnlyMemory<byte>.Empty), cancellationToken);

    /// <summary>
    /// Gives the slot back: return it, and the batch goes on from <paramref name="cursor"/> as soon as a slot is free, behind the steps that wait
    /// already. The checkpoint survives a crash, and no attempt is used up.
    /// </summary>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    public BatchYield Yield(BatchPosition cursor, long itemsProcessed) => new(Next(cursor, itemsProcessed, ReadOnlyMemory<byte>.Empty));

    private protected ReadOnlyMemory<byte> AccumulatedJson => _checkpoint?.Accumulated ?? ReadOnlyMemory<byte>.Empty;

    private protected CheckpointRecord Next(BatchPosition cursor, long itemsProcessed, ReadOnlyMemory<byte> accumulated)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(itemsProcessed);
        return CheckpointRecord.Next(_checkpoint, cursor, itemsProcessed, accumulated, _context.Time.GetUtcNow());
    }

    private protected async ValueTask SaveAsync(CheckpointRecord record, CancellationToken cancellationToken)
    {
        await _context.Checkpoints.SaveCheckpointAsync(_context.Step, record.Json, cancellationToken).ConfigureAwait(false);
        _checkpoint = record;
    }

    private long Integer(BatchPosition position, string what, string member) => position.IsInt64
        ? position.ToInt64()
        : throw new ValidationException($"The {what} of batch step '{_context.StepName}' is {position}, which is not an integer; use {member}.");
}

/// <summary>A batch whose checkpoints carry what has been accumulated so far.</summary>
/// <typeparam name="TAccumulated">What is accumulated.</typeparam>
public sealed class BatchContext<TAccumulated> : BatchContext
{
    private readonly JsonCodec<TAccumulated> _codec;

    /// <summary>Reads the batch from a step's inputs.</summary>
    /// <exception cref="ValidationException">The step has no batch inputs, or they are malformed.</exception>
    public BatchContext(StepContext context, JsonCodec<TAccumulated> codec)
        : base(context) => _codec = codec;

    /// <summary>What had been accumulated at the checkpoint, or <paramref name="initial"/> without one.</summary>
    /// <exception cref="JsonReadException">The checkpoint holds something else.</exception>
    public TAccumulated Accumulated(TAccumulated initial) => AccumulatedJson.IsEmpty ? initial : _codec.FromUtf8(AccumulatedJson.Span);

    /// <inheritdoc cref="BatchContext.CheckpointAsync"/>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    /// <param name="accumulated">What has been accumulated so far.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask CheckpointAsync(BatchPosition cursor, long itemsProcessed, TAccumulated accumulated, CancellationToken cancellationToken) =>
        SaveAsync(Next(cursor, itemsProcessed, _codec.ToUtf8(accumulated)), cancellationToken);

    /// <inheritdoc cref="BatchContext.Yield"/>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    /// <param name="accumulated">What has been accumulated so far.</param>
    public BatchYield Yield(BatchPosition cursor, long itemsProcessed, TAccumulated accumulated) =>
        new(Next(cursor, itemsProcessed, _codec.ToUtf8(accumulated)));
}
