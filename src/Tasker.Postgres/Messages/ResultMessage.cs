using System.Buffers;
using System.Text.Json;

namespace Tasker.Postgres.Messages;

/// <summary>A message that says a step has a result (protocol sheet §4.1, §7.2): the same three ids in both directions.</summary>
internal readonly record struct ResultMessage(Guid TaskId, Guid StepId, Guid CorrelationId)
{
    public ReadOnlyMemory<byte> Write()
    {
        var buffer = new ArrayBufferWriter<byte>(192);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("task_uuid"u8, TaskId);
            writer.WriteString("step_uuid"u8, StepId);
            writer.WriteString("correlation_id"u8, CorrelationId);
            writer.WriteEndObject();
        }

        return buffer.WrittenMemory;
    }
}
