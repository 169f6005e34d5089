using System.Buffers;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Embedded.Orchestration;

/// <summary>Writes the names and inputs of a batch worker's instances (protocol sheet §5.3, §8.5).</summary>
internal sealed class BatchInstance(PlanNode worker)
{
    private readonly ArrayBufferWriter<byte> _buffer = new(512);

    /// <summary>The cursor of the one instance that an empty plan gets, so that convergence happens.</summary>
    public static BatchCursor Placeholder { get; } = new("000", 0, 0, 0);

    public static string Name(PlanNode worker, BatchCursor cursor) => $"{worker.Name}_{cursor.BatchId}";

    public byte[] PlaceholderInputs() => Write(Placeholder, isNoOp: true);

    public byte[] Inputs(BatchCursor cursor) => Write(cursor, isNoOp: false);

    private byte[] Write(BatchCursor cursor, bool isNoOp)
    {
        _buffer.ResetWrittenCount();
        using (var writer = new Utf8JsonWriter(_buffer))
        {
            writer.WriteStartObject();
            WriteConfiguration(writer);
            writer.WriteStartObject("cursor"u8);
            writer.WriteString("batch_id"u8, cursor.BatchId);
            writer.WritePropertyName("start_cursor"u8);
            cursor.StartPosition.WriteTo(writer);
            writer.WritePropertyName("end_cursor"u8);
            cursor.EndPosition.WriteTo(writer);
            writer.WriteNumber("batch_size"u8, cursor.Size);
            writer.WriteEndObject();
            if (worker.Definition.Batch is { } batch)
            {
                writer.WriteStartObject("batch_metadata"u8);
                writer.WriteString("cursor_field"u8, batch.CursorField);
                writer.WriteString("failure_strategy"u8, Strategy(batch.FailureStrategy));
                writer.WriteEndObject();
            }

            writer.WriteBoolean("is_no_op"u8, isNoOp);
            writer.WriteString("__template_step_name"u8, worker.Name);
            writer.WriteEndObject();
        }

        return _buffer.WrittenSpan.ToArray();
    }

    /// <summary>The template's configuration comes first; what the engine writes takes precedence over members of the same name.</summary>
    private void WriteConfiguration(Utf8JsonWriter writer)
    {
        var configuration = worker.Definition.Configuration;
        if (configuration.Length <= 2)
            return;
        using var document = JsonDocument.Parse(configuration);
        foreach (var member in document.RootElement.EnumerateObject())
        {
            if (member.Name is not ("cursor" or "batch_metadata" or "is_no_op" or "__template_step_name"))
                member.WriteTo(writer);
        }
    }

    private static ReadOnlySpan<byte> Strategy(BatchFailureStrategy strategy) => strategy switch
    {
        BatchFailureStrategy.FailFast => "fail_fast"u8,
        BatchFailureStrategy.Isolate => "isolate"u8,
        _ => "continue_on_failure"u8,
    };
}
