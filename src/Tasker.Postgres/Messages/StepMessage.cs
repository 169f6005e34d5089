using System.Text.Json;

namespace Tasker.Postgres.Messages;

/// <summary>A message that says a step is ready (protocol sheet §4.1), and where it lies.</summary>
/// <param name="Queue">The queue.</param>
/// <param name="Id">Its id in the queue.</param>
/// <param name="StepId">The step.</param>
internal readonly record struct StepMessage(string Queue, long Id, Guid StepId)
{
    /// <summary>Reads the message's JSON.</summary>
    /// <returns><see langword="false"/> when it names no step.</returns>
    public static bool TryReadStep(JsonElement message, out Guid step)
    {
        step = default;
        return message.ValueKind is JsonValueKind.Object
            && message.TryGetProperty("step_uuid", out var id)
            && id.ValueKind is JsonValueKind.String
            && id.TryGetGuid(out step);
    }
}
