using System.Text.Json;

namespace Tasker.Postgres.Messages;

/// <summary>A message that says a step is ready (protocol sheet §4.1), and where it lies.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">What tells the message from the others of its queue.</param>
/// <param name="StepId">The step; <see cref="Guid.Empty"/> when the message names none.</param>
public readonly record struct StepMessage(string Queue, long Id, Guid StepId)
{
    /// <summary>Reads the message's JSON.</summary>
    /// <param name="message">The UTF-8 text.</param>
    /// <returns>The step that it names; <see cref="Guid.Empty"/> when it names none, whatever the text is.</returns>
    public static Guid ReadStep(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            using var document = JsonDocument.ParseValue(ref reader);
            return TryReadStep(document.RootElement, out var step) ? step : Guid.Empty;
        }
        catch (JsonException)
        {
            return Guid.Empty;
        }
    }

    internal static bool TryReadStep(JsonElement message, out Guid step)
    {
        step = default;
        return message.ValueKind is JsonValueKind.Object
            && message.TryGetProperty("step_uuid", out var id)
            && id.ValueKind is JsonValueKind.String
            && id.TryGetGuid(out step);
    }
}
