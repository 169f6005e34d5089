using System.Buffers;
using System.Text.Json;
using Tasker.Json;

namespace Tasker;

/// <summary>Which kind of outcome an attempt had.</summary>
public enum StepOutcomeKind
{
    /// <summary>Nothing has been set yet.</summary>
    None,

    /// <summary>A value.</summary>
    Value,

    /// <summary>A decision.</summary>
    Decision,

    /// <summary>A batch plan.</summary>
    BatchPlan,

    /// <summary>The counts of a batch.</summary>
    BatchResult,

    /// <summary>A failure.</summary>
    Failure,

    /// <summary>A batch that is not finished gives its slot back; <see cref="StepOutcome.Checkpoint"/> says where it goes on.</summary>
    Yield,
}

/// <summary>
/// What one attempt returned: a result as UTF-8 JSON, in the layout that tasker-core reads, and for decisions and batch plans the object itself. One
/// instance belongs to one worker slot and is used again for the slot's next step. Not safe for concurrent use.
/// </summary>
public sealed class StepOutcome : IDisposable
{
    /// <summary>A slot that has once held a larger result gives the memory back.</summary>
    private const int LargestKeptBuffer = 64 * 1024;

    private ArrayBufferWriter<byte> _buffer = new(256);
    private readonly Utf8JsonWriter _writer;
    private bool _closeObject;
    private BatchYield? _yielded;

    /// <summary>Creates an empty outcome.</summary>
    public StepOutcome() => _writer = new Utf8JsonWriter(_buffer, JsonDefaults.Writer);

    /// <summary>The kind of outcome.</summary>
    public StepOutcomeKind Kind { get; private set; }

    /// <summary>The result, a UTF-8 JSON object. Valid until <see cref="Reset"/>.</summary>
    public ReadOnlyMemory<byte> Result => _buffer.WrittenMemory;

    /// <summary>The decision, when <see cref="Kind"/> says so.</summary>
    public Decision? Decision { get; private set; }

    /// <summary>The batch plan, when <see cref="Kind"/> says so.</summary>
    public BatchPlan? BatchPlan { get; private set; }

    /// <summary>The template step that a batch plan's workers are instances of.</summary>
    public string? WorkerTemplate { get; private set; }

    /// <summary>The counts of a batch, when <see cref="Kind"/> says so; none for a placeholder.</summary>
    public BatchResult? BatchResult { get; private set; }

    /// <summary>The checkpoint record of a batch that yields, a UTF-8 JSON object (protocol sheet §8.6); empty otherwise.</summary>
    public ReadOnlyMemory<byte> Checkpoint => _yielded?.Record.Json ?? ReadOnlyMemory<byte>.Empty;

    /// <summary>The failure, when <see cref="Kind"/> says so.</summary>
    public StepFailure? Failure { get; private set; }

    /// <summary>Empties the outcome for the next attempt.</summary>
    public void Reset()
    {
        Kind = StepOutcomeKind.None;
        Decision = null;
        BatchPlan = null;
        WorkerTemplate = null;
        BatchResult = null;
        Failure = null;
        _yielded = null;
        _closeObject = false;
        EmptyBuffer();
    }

    private void EmptyBuffer()
    {
        if (_buffer.Capacity > LargestKeptBuffer)
            _buffer = new ArrayBufferWriter<byte>(256);
        else
            _buffer.ResetWrittenCount();
        _writer.Reset(_buffer);
    }

    /// <summary>The handler returned nothing, or null: the result is <c>{}</c>.</summary>
    public void SetNothing()
    {
        Kind = StepOutcomeKind.Value;
        _writer.WriteStartObject();
        _writer.WriteEndObject();
        _writer.Flush();
    }

    /// <summary>Sets a result of which only the value knows whether it is a JSON object; nothing or null becomes <c>{}</c>.</summary>
    public void SetElement(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Undefined or JsonValueKind.Null:
                SetNothing();
                return;
            case JsonValueKind.Object:
                element.WriteTo(BeginObject());
                break;
            default:
                element.WriteTo(BeginValue());
                break;
        }

        End();
    }

    /// <summary>Sets a value as the result; one that is not a JSON object becomes <c>{"result": value}</c>, null becomes <c>{}</c>.</summary>
    public void SetValue<T>(T? value, JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        if (value is null)
        {
            SetNothing();
            return;
        }

        codec.Write(codec.IsObject ? BeginObject() : BeginValue(), value);
        End();
    }

    /// <summary>Sets a value type that can be null as the result, like <see cref="SetValue"/>.</summary>
    public void SetNullable<T>(T? value, JsonCodec<T> codec)
        where T : struct
    {
        if (value is { } some)
            SetValue(some, codec);
        else
            SetNothing();
    }

    /// <summary>Adds the members of an object to what a <c>Begin</c> method began; null adds none.</summary>
    public void AddMembers<T>(T? value, JsonCodec<T> codec)
    {
        ArgumentNullException.ThrowIfNull(codec);
        if (value is not null)
            codec.WriteMembers(_writer, value);
    }

    /// <summary>Begins a result that is a JSON object; the caller writes the whole object and calls <see cref="End"/>.</summary>
    public Utf8JsonWriter BeginObject()
    {
        Kind = StepOutcomeKind.Value;
        return _writer;
    }

    /// <summary>Begins a result that is not a JSON object: it becomes <c>{"result": value}</c>. The caller writes the value and calls <see cref="End"/>.</summary>
    public Utf8JsonWriter BeginValue()
    {
        Kind = StepOutcomeKind.Value;
        _writer.WriteStartObject();
        _writer.WritePropertyName("result"u8);
        _closeObject = true;
        return _writer;
    }

    /// <summary>Writes a decision; the caller may write further members and calls <see cref="End"/>.</summary>
    public Utf8JsonWriter BeginDecision(Decision decision)
    {
        ArgumentNullException.ThrowIfNull(decision);
        Kind = StepOutcomeKind.Decision;
        Decision = decision;
        _writer.WriteStartObject();
        _writer.WriteStartObject("decision_point_outcome"u8);
        if (decision.Steps.IsEmpty)
        {
            _writer.WriteString("type"u8, "no_branches"u8);
            _writer.WriteEndObject();
            _writer.WriteString("reason"u8, decision.Reason);
        }
        else
        {
            _writer.WriteString("type"u8, "create_steps"u8);
            _writer.WriteStartArray("step_names"u8);
            foreach (var step in decision.Steps)
                _writer.WriteStringValue(step);
            _writer.WriteEndArray();
            _writer.WriteEndObject();
        }

        _closeObject = true;
        return _writer;
    }

    /// <summary>Writes a batch plan; the caller may write further members and calls <see cref="End"/>.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="workerTemplate">The template step that its workers are instances of.</param>
    public Utf8JsonWriter BeginBatchPlan(BatchPlan plan, string workerTemplate)
    {
        ArgumentNullException.ThrowIfNull(plan);
        Kind = StepOutcomeKind.BatchPlan;
        BatchPlan = plan;
        WorkerTemplate = workerTemplate;
        BatchOutcomeJson.WritePlan(_writer, plan, workerTemplate);
        _closeObject = true;
        return _writer;
    }

    /// <summary>Writes the counts of a batch, or that it yields; the caller may write further members and calls <see cref="End"/>.</summary>
    public Utf8JsonWriter BeginBatchResult(BatchResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        _yielded = result.Yielded;
        BatchResult = _yielded is null ? result : null;
        Kind = _yielded is null ? StepOutcomeKind.BatchResult : StepOutcomeKind.Yield;
        BatchOutcomeJson.WriteResult(_writer, result);
        _closeObject = true;
        return _writer;
    }

    /// <summary>Writes the result of a placeholder batch, which does nothing.</summary>
    public void SetNoOpBatch(DateTimeOffset now)
    {
        Kind = StepOutcomeKind.BatchResult;
        BatchOutcomeJson.WriteNoOp(_writer, now);
        _writer.Flush();
    }

    /// <summary>The attempt failed. What has been written so far is dropped; the result is <c>{}</c>.</summary>
    public void SetFailure(StepFailure failure)
    {
        ArgumentNullException.ThrowIfNull(failure);
        Reset();
        SetNothing();
        Kind = StepOutcomeKind.Failure;
        Failure = failure;
    }

    /// <summary>Ends what a <c>Begin</c> method began.</summary>
    public void End()
    {
        if (_closeObject)
            _writer.WriteEndObject();
        _closeObject = false;
        if (_yielded is not null)
        {
            // What the handler's adapter wrote are the members of a value that does not exist yet.
            EmptyBuffer();
            BatchOutcomeJson.WriteYield(_writer, _yielded);
        }

        _writer.Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _writer.Dispose();
}
