using System.Buffers;
using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Tasker.Events;
using Tasker.Postgres.Database;
using Tasker.Postgres.Registration;
using Tasker.Postgres.Telemetry;

namespace Tasker.Postgres.Completions;

/// <summary>
/// Sends domain events to the queue of their namespace, in the layout of tasker-core's own workers (protocol sheet §11). Of the step and its result the
/// event carries what identifies them; the rest is in the database.
/// </summary>
internal sealed class DurableEvents(NpgsqlDataSource database, TimeProvider time, ILogger<DurableEvents> logger)
{
    private const string Send = "SELECT pgmq_send_with_notify($1, $2, 0)";

    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    /// <summary>Sends events for as long as it takes.</summary>
    public async ValueTask SendAsync(ImmutableArray<DomainEvent> events, CancellationToken cancellationToken)
    {
        foreach (var domainEvent in events)
        {
            while (true)
            {
                try
                {
                    await SendAsync(domainEvent, cancellationToken).ConfigureAwait(false);
                    break;
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    Log.EventNotSent(logger, domainEvent.Name, domainEvent.StepName, domainEvent.TaskId, exception);
                    if (!SqlErrors.IsPassing(exception))
                        break;
                    await Task.Delay(RetryDelay, time, cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async ValueTask SendAsync(DomainEvent domainEvent, CancellationToken cancellationToken)
    {
        var command = database.CreateCommand(Send);
        await using (command.ConfigureAwait(false))
        {
            command.Parameters.Add(new NpgsqlParameter<string> { TypedValue = QueueNames.DomainEvents(domainEvent.Namespace) });
            command.Parameters.Add(new NpgsqlParameter<byte[]> { TypedValue = Write(domainEvent), NpgsqlDbType = NpgsqlDbType.Jsonb });
            await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    private static byte[] Write(DomainEvent domainEvent)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("event_id"u8, domainEvent.EventId);
            writer.WriteString("event_name"u8, domainEvent.Name);
            writer.WriteString("event_version"u8, "1.0"u8);
            writer.WriteStartObject("payload"u8);
            WriteStep(writer, domainEvent.Step);
            WriteResult(writer, domainEvent);
            writer.WritePropertyName("payload"u8);
            writer.WriteRawValue(domainEvent.Payload.Span);
            writer.WriteEndObject();
            WriteMetadata(writer, domainEvent);
            writer.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteStep(Utf8JsonWriter writer, ClaimedStep step)
    {
        writer.WriteStartObject("task_sequence_step"u8);
        writer.WriteStartObject("task"u8);
        writer.WriteStartObject("task"u8);
        writer.WriteString("task_uuid"u8, step.TaskId);
        writer.WritePropertyName("context"u8);
        writer.WriteRawValue(step.TaskContext.Span);
        writer.WriteString("correlation_id"u8, step.CorrelationId);
        writer.WriteEndObject();
        writer.WriteString("task_name"u8, step.Template.Name);
        writer.WriteString("task_version"u8, step.Template.Version);
        writer.WriteString("namespace_name"u8, step.Template.Namespace);
        writer.WriteEndObject();
        writer.WriteStartObject("workflow_step"u8);
        writer.WriteString("workflow_step_uuid"u8, step.StepId);
        writer.WriteString("task_uuid"u8, step.TaskId);
        writer.WriteString("name"u8, step.Name);
        writer.WriteString("template_step_name"u8, step.Definition.Name);
        writer.WriteNumber("attempts"u8, step.Attempts);
        writer.WriteNumber("max_attempts"u8, step.MaxAttempts);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void WriteResult(Utf8JsonWriter writer, DomainEvent domainEvent)
    {
        writer.WriteStartObject("execution_result"u8);
        writer.WriteString("step_uuid"u8, domainEvent.StepId);
        writer.WriteBoolean("success"u8, domainEvent.Failure is null);
        writer.WriteString("status"u8, domainEvent.Failure is null ? "completed"u8 : "failed"u8);
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
