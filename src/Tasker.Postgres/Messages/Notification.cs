using System.Text.Json;

namespace Tasker.Postgres.Messages;

/// <summary>
/// What a notification says (protocol sheet §2.3): a message as a whole, or only that there is something in a queue. A notification is a hint: whatever
/// cannot be read means "look into the queue".
/// </summary>
/// <param name="Queue">The queue, or <see langword="null"/> when the text does not say.</param>
/// <param name="Message">The message, when the text holds it.</param>
internal readonly record struct Notification(string? Queue, StepMessage? Message)
{
    public static Notification Parse(string payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object
                || !root.TryGetProperty("queue_name", out var name)
                || name.ValueKind is not JsonValueKind.String)
            {
                return default;
            }

            var queue = name.GetString()!;
            return root.TryGetProperty("event_type", out var type)
                && type.ValueKind is JsonValueKind.String
                && type.ValueEquals("message_with_payload"u8)
                && root.TryGetProperty("msg_id", out var id)
                && id.ValueKind is JsonValueKind.Number
                && id.TryGetInt64(out var messageId)
                && root.TryGetProperty("message", out var message)
                && StepMessage.TryReadStep(message, out var step)
                    ? new Notification(queue, new StepMessage(queue, messageId, step))
                    : new Notification(queue, null);
        }
        catch (JsonException)
        {
            // Long lists of messages are cut off in the middle.
            return default;
        }
    }
}
