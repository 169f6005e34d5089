using System.Buffers;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Testing;

/// <summary>Writes what steps read, as workers and orchestrators write it.</summary>
internal static class StepJson
{
    /// <summary>A result; one that is no JSON object becomes <c>{"result": value}</c>.</summary>
    public static byte[] Write<T>(StepRef<T> step, T value)
    {
        using var outcome = new StepOutcome();
        SetValue(outcome, step, value);
        return outcome.Result.ToArray();
    }

    public static void SetValue<T>(StepOutcome outcome, StepRef<T> step, T value)
    {
        if (value is null)
            outcome.SetNothing();
        else if (value is JsonElement element)
            outcome.SetElement(element);
        else
            Write();

        void Write()
        {
            step.Codec.Write(step.Codec.IsObject ? outcome.BeginObject() : outcome.BeginValue(), value);
            outcome.End();
        }
    }

    public static byte[] WriteBatch(string batchId, BatchPosition start, BatchPosition end, long size, BatchConfiguration? settings)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("cursor"u8);
            writer.WriteString("batch_id"u8, batchId);
            writer.WritePropertyName("start_cursor"u8);
            start.WriteTo(writer);
            writer.WritePropertyName("end_cursor"u8);
            end.WriteTo(writer);
            writer.WriteNumber("batch_size"u8, size);
            writer.WriteEndObject();
            writer.WriteStartObject("batch_metadata"u8);
            writer.WriteString("cursor_field"u8, settings?.CursorField ?? "id");
            writer.WriteEndObject();
            writer.WriteBoolean("is_no_op"u8, false);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
