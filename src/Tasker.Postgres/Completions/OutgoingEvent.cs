using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Tasker.Events;
using Tasker.Postgres.Claims;
using Tasker.Postgres.Registration;

namespace Tasker.Postgres.Completions;

/// <summary>
/// A domain event on its way to the queue of its namespace, in the layout of tasker-core's own workers (protocol sheet §11). The statement that stores its
/// step's outcome adds what the database knows: the task, the step, the ancestors' results and the execution result itself (<see cref="EventSql"/>).
/// </summary>
/// <param name="Name">The event's name, for messages.</param>
/// <param name="Queue">The queue.</param>
/// <param name="Message">UTF-8 JSON, without what is in the database.</param>
internal sealed record OutgoingEvent(string Name, string Queue, byte[] Message)
{
    private const string NaiveTime = "yyyy-MM-ddTHH:mm:ss.ffffff";

    public static OutgoingEvent Of(CoreStep step, DomainEvent domainEvent) =>
        new(domainEvent.Name, QueueNames.DomainEvents(domainEvent.Namespace), Write(step, domainEvent));

    private static byte[] Write(CoreStep step, DomainEvent domainEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event_id"u8, domainEvent.EventId);
            writer.WriteString("event_name"u8, domainEvent.Name);
            writer.WriteString("event_version"u8, "1.0"u8);
            writer.WriteStartObject("payload"u8);
            WriteStep(writer, step);
            writer.WritePropertyName("payload"u8);
            writer.WriteRawValue(domainEvent.Payload.Span);
            writer.WriteEndObject();
            WriteMetadata(writer, domainEvent);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The step as it was before the claim (§5.1), as far as the claim has changed it.</summary>
    private static void WriteStep(Utf8JsonWriter writer, CoreStep step)
    {
        var before = step.Before;
        writer.WriteStartObject("task_sequence_step"u8);
        writer.WriteStartObject("workflow_step"u8);
        writer.WriteBoolean("in_process"u8, false);
        if (before.Attempts is { } attempts)
            writer.WriteNumber("attempts"u8, attempts);
        else
            writer.WriteNull("attempts"u8);
        writer.WriteString("last_attempted_at"u8, before.LastAttemptedAt?.ToString(NaiveTime, CultureInfo.InvariantCulture));
        writer.WritePropertyName("checkpoint"u8);
        if (step.Checkpoint.IsEmpty)
            writer.WriteNullValue();
        else
            writer.WriteRawValue(step.Checkpoint.Span);
        writer.WriteString("updated_at"u8, before.UpdatedAt.ToString(NaiveTime, CultureInfo.InvariantCulture));
        writer.WriteEndObject();
        writer.WritePropertyName("step_definition"u8);
        TemplateJson.WriteStep(writer, step.Definition);
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, DomainEvent domainEvent)
    {
        writer.WriteStartObject("metadata"u8);
        writer.WriteString("task_uuid"u8, domainEvent.TaskId);
        writer.WriteString("step_uuid"u8, domainEvent.StepId);
        writer.WriteString("step_name"u8, domainEvent.StepName);
        writer.WriteString("namespace"u8, domainEvent.Namespace);
        writer.WriteString("correlation_id"u8, domainEvent.CorrelationId);
        writer.WriteString("fired_at"u8, domainEvent.FiredAt.ToUniversalTime());
        writer.WriteString("fired_by"u8, domainEvent.FiredBy);
        if (domainEvent.Metadata is { } more)
        {
            foreach (var (name, value) in more)
                writer.WriteString(name, value);
        }

        writer.WriteEndObject();
    }
}
