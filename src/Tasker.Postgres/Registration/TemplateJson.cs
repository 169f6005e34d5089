using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Tasker.Templates;

namespace Tasker.Postgres.Registration;

/// <summary>Writes a template as <c>named_tasks.configuration</c> holds it: every key of tasker-core's own serialization (protocol sheet §3.3, Appendix B).</summary>
internal static class TemplateJson
{
    public static byte[] Write(TaskTemplate template)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using (var writer = new Utf8JsonWriter(buffer))
            WriteTemplate(writer, template);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteTemplate(Utf8JsonWriter writer, TaskTemplate template)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, template.Name);
        writer.WriteString("namespace_name"u8, template.Namespace);
        writer.WriteString("version"u8, template.Version);
        writer.WriteString("description"u8, template.Description);
        WriteMetadata(writer, template.Metadata);
        writer.WriteStartObject("system_dependencies"u8);
        writer.WriteString("primary"u8, template.SystemDependencies.Primary);
        WriteTexts(writer, "secondary"u8, template.SystemDependencies.Secondary);
        writer.WriteEndObject();
        writer.WriteStartArray("domain_events"u8);
        foreach (var declared in template.DomainEvents)
            WriteDomainEvent(writer, declared);
        writer.WriteEndArray();
        WriteRaw(writer, "input_schema"u8, template.InputSchema);
        writer.WriteStartArray("steps"u8);
        foreach (var step in template.Steps)
            WriteStep(writer, step);
        writer.WriteEndArray();
        writer.WriteStartObject("environments"u8);
        foreach (var (name, overrides) in template.Environments.OrderBy(one => one.Key, StringComparer.Ordinal))
            WriteEnvironment(writer, name, overrides);
        writer.WriteEndObject();
        WriteLifecycle(writer, template.Lifecycle);
        writer.WriteEndObject();
    }

    private static void WriteMetadata(Utf8JsonWriter writer, TemplateMetadata? metadata)
    {
        if (metadata is null)
        {
            writer.WriteNull("metadata"u8);
            return;
        }

        writer.WriteStartObject("metadata"u8);
        writer.WriteString("author"u8, metadata.Author);
        WriteTexts(writer, "tags"u8, metadata.Tags);
        writer.WriteString("documentation_url"u8, metadata.DocumentationUrl);
        writer.WriteString("created_at"u8, UtcTime(metadata.CreatedAt));
        writer.WriteString("updated_at"u8, UtcTime(metadata.UpdatedAt));
        writer.WriteEndObject();
    }

    /// <summary>tasker-core keeps times in UTC, with as many triples of digits as the fraction needs.</summary>
    private static string? UtcTime(string? text)
    {
        if (text is null)
            return null;
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw new ConfigurationException($"The template's metadata has the time '{text}'; write it as 2026-01-31T12:00:00Z.");
        var format = (time.Ticks % TimeSpan.TicksPerSecond) switch
        {
            0 => "yyyy-MM-ddTHH:mm:ssZ",
            var fraction when fraction % TimeSpan.TicksPerMillisecond == 0 => "yyyy-MM-ddTHH:mm:ss.fffZ",
            var fraction when fraction % TimeSpan.TicksPerMicrosecond == 0 => "yyyy-MM-ddTHH:mm:ss.ffffffZ",
            _ => "yyyy-MM-ddTHH:mm:ss.fffffff00Z",
        };
        return time.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static void WriteDomainEvent(Utf8JsonWriter writer, DomainEventDefinition declared)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, declared.Name);
        writer.WriteString("description"u8, declared.Description);
        WriteRaw(writer, "schema"u8, declared.Schema);
        writer.WriteEndObject();
    }

    /// <summary>Writes a step as it stands in its template, which is also the form in which a step travels in domain events (§5.1).</summary>
    public static void WriteStep(Utf8JsonWriter writer, StepDefinition step)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, step.Name);
        writer.WriteString("description"u8, step.Description);
        writer.WriteStartObject("handler"u8);
        writer.WriteString("callable"u8, step.Callable);
        writer.WriteString("method"u8, step.Method);
        writer.WriteString("resolver"u8, step.Resolver);
        writer.WritePropertyName("initialization"u8);
        writer.WriteRawValue(step.Configuration.Span);
        writer.WriteEndObject();
        writer.WriteString("type"u8, TemplateNames.Of(step.Type));
        writer.WriteString("system_dependency"u8, step.SystemDependency);
        WriteTexts(writer, "dependencies"u8, step.Dependencies);
        WriteRetry(writer, step.Retry);
        WriteSeconds(writer, step.Timeout);
        writer.WriteStartArray("publishes_events"u8);
        foreach (var declared in step.Events)
            WriteEvent(writer, declared);
        writer.WriteEndArray();
        WriteBatch(writer, step.Batch);
        if (step.ResultSchema is not null)
            WriteRaw(writer, "result_schema"u8, step.ResultSchema);
        if (step.Composition is not null)
            WriteRaw(writer, "composition"u8, step.Composition);
        writer.WriteEndObject();
    }

    private static void WriteRetry(Utf8JsonWriter writer, RetryPolicy retry)
    {
        writer.WriteStartObject("retry"u8);
        writer.WriteBoolean("retryable"u8, retry.Retryable);
        writer.WriteNumber("max_attempts"u8, retry.MaxAttempts);
        writer.WriteString("backoff"u8, TemplateNames.Of(retry.Backoff));
        WriteMilliseconds(writer, "backoff_base_ms"u8, retry.BackoffBase);
        WriteMilliseconds(writer, "max_backoff_ms"u8, retry.MaxBackoff);
        writer.WriteEndObject();
    }

    private static void WriteMilliseconds(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TimeSpan? span)
    {
        if (span is { } value)
            writer.WriteNumber(name, (long)value.TotalMilliseconds);
        else
            writer.WriteNull(name);
    }

    /// <summary>Whole seconds, of which part of one is a whole one: the key holds no fraction.</summary>
    private static void WriteSeconds(Utf8JsonWriter writer, TimeSpan? timeout)
    {
        if (timeout is { } limit)
            writer.WriteNumber("timeout_seconds"u8, (uint)Math.Min(Math.Ceiling(limit.TotalSeconds), uint.MaxValue));
        else
            writer.WriteNull("timeout_seconds"u8);
    }

    private static void WriteEvent(Utf8JsonWriter writer, EventDeclaration declared)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, declared.Name);
        writer.WriteString("description"u8, declared.Description);
        writer.WriteString("condition"u8, TemplateNames.Of(declared.Condition));
        WriteRaw(writer, "schema"u8, declared.Schema);
        writer.WriteString("delivery_mode"u8, TemplateNames.Of(declared.Delivery));
        writer.WriteString("publisher"u8, declared.Publisher);
        writer.WriteEndObject();
    }

    private static void WriteBatch(Utf8JsonWriter writer, BatchConfiguration? batch)
    {
        if (batch is null)
        {
            writer.WriteNull("batch_config"u8);
            return;
        }

        writer.WriteStartObject("batch_config"u8);
        writer.WriteNumber("batch_size"u8, batch.BatchSize);
        writer.WriteNumber("parallelism"u8, batch.Parallelism);
        writer.WriteString("cursor_field"u8, batch.CursorField);
        writer.WriteString("worker_template"u8, batch.WorkerTemplate);
        writer.WriteString("failure_strategy"u8, TemplateNames.Of(batch.FailureStrategy));
        writer.WriteEndObject();
    }

    private static void WriteEnvironment(Utf8JsonWriter writer, string name, IEnumerable<StepOverride> overrides)
    {
        writer.WriteStartObject(name);
        writer.WriteStartArray("steps"u8);
        foreach (var change in overrides)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, change.Step);
            if (change.Configuration is { } configuration)
            {
                writer.WriteStartObject("handler"u8);
                writer.WritePropertyName("initialization"u8);
                writer.WriteRawValue(configuration.Span);
                writer.WriteEndObject();
            }
            else
            {
                writer.WriteNull("handler"u8);
            }

            WriteSeconds(writer, change.Timeout);
            if (change.Retry is { } retry)
                WriteRetry(writer, retry);
            else
                writer.WriteNull("retry"u8);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteLifecycle(Utf8JsonWriter writer, TaskLifecycle? lifecycle)
    {
        if (lifecycle is null)
        {
            writer.WriteNull("lifecycle"u8);
            return;
        }

        writer.WriteStartObject("lifecycle"u8);
        WriteMinutes(writer, "max_duration_minutes"u8, lifecycle.MaxDuration);
        WriteMinutes(writer, "max_waiting_for_dependencies_minutes"u8, lifecycle.MaxWaitingForDependencies);
        WriteMinutes(writer, "max_waiting_for_retry_minutes"u8, lifecycle.MaxWaitingForRetry);
        WriteMinutes(writer, "max_steps_in_process_minutes"u8, lifecycle.MaxStepsInProcess);
        writer.WriteString("staleness_action"u8, lifecycle.StalenessAction);
        WriteFlag(writer, "auto_fail_on_timeout"u8, lifecycle.AutoFailOnTimeout);
        WriteFlag(writer, "auto_dlq_on_timeout"u8, lifecycle.AutoDlqOnTimeout);
        writer.WriteEndObject();
    }

    private static void WriteMinutes(Utf8JsonWriter writer, ReadOnlySpan<byte> name, TimeSpan? span)
    {
        if (span is { } value)
            writer.WriteNumber(name, (long)Math.Ceiling(value.TotalMinutes));
        else
            writer.WriteNull(name);
    }

    private static void WriteFlag(Utf8JsonWriter writer, ReadOnlySpan<byte> name, bool? flag)
    {
        if (flag is { } value)
            writer.WriteBoolean(name, value);
        else
            writer.WriteNull(name);
    }

    private static void WriteTexts(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ImmutableArray<string> texts)
    {
        writer.WriteStartArray(name);
        foreach (var text in texts)
            writer.WriteStringValue(text);
        writer.WriteEndArray();
    }

    private static void WriteRaw(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? json)
    {
        writer.WritePropertyName(name);
        if (json is null)
            writer.WriteNullValue();
        else
            writer.WriteRawValue(json);
    }
}
