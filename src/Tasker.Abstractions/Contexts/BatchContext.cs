using Tasker.Json;

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

    /// <summary>The first position.</summary>
    public long Start => _inputs.Cursor.Start;

    /// <summary>The position after the last.</summary>
    public long End => _inputs.Cursor.End;

    /// <summary>The number of positions.</summary>
    public long Size => _inputs.Cursor.Size;

    /// <summary>What the cursor counts, such as <c>row_number</c>.</summary>
    public string? CursorField => _inputs.CursorField;

    /// <summary>Whether an earlier attempt left a checkpoint, or this one has made one.</summary>
    public bool HasCheckpoint => _checkpoint is not null;

    /// <summary>Items processed up to the checkpoint; 0 without one.</summary>
    public long CheckpointItemsProcessed => _checkpoint?.ItemsProcessed ?? 0;

    /// <summary>The position to continue from: that of the checkpoint, or <paramref name="from"/> without one.</summary>
    /// <exception cref="ValidationException">The checkpoint's cursor is not an integer.</exception>
    public long Resume(long from) => _checkpoint is { } checkpoint ? checkpoint.CursorAsInt64(_context.StepName) : from;

    /// <summary>Keeps how far this batch has come. When the returned task completes, it survives a crash.</summary>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask CheckpointAsync(long cursor, long itemsProcessed, CancellationToken cancellationToken) =>
        SaveAsync(cursor, itemsProcessed, ReadOnlyMemory<byte>.Empty, cancellationToken);

    private protected ReadOnlyMemory<byte> AccumulatedJson => _checkpoint?.Accumulated ?? ReadOnlyMemory<byte>.Empty;

    private protected async ValueTask SaveAsync(
        long cursor,
        long itemsProcessed,
        ReadOnlyMemory<byte> accumulated,
        CancellationToken cancellationToken)
    {
        var time = (TimeProvider?)_context.Services.GetService(typeof(TimeProvider)) ?? TimeProvider.System;
        var record = CheckpointRecord.Next(_checkpoint, cursor, itemsProcessed, accumulated, time.GetUtcNow());
        await _context.Checkpoints.SaveCheckpointAsync(_context.Step, record.Json, cancellationToken).ConfigureAwait(false);
        _checkpoint = record;
    }
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

    /// <summary>Keeps how far this batch has come. When the returned task completes, it survives a crash.</summary>
    /// <param name="cursor">The position to continue from: the first that is not processed yet.</param>
    /// <param name="itemsProcessed">Items processed so far.</param>
    /// <param name="accumulated">What has been accumulated so far.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    public ValueTask CheckpointAsync(long cursor, long itemsProcessed, TAccumulated accumulated, CancellationToken cancellationToken) =>
        SaveAsync(cursor, itemsProcessed, _codec.ToUtf8(accumulated), cancellationToken);
}
