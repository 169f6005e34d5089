using System.Globalization;
using System.Text.Json;

namespace Tasker.Postgres.Fixture.Orchestrator;

/// <summary>Decodes a stored step execution result as strictly as tasker-core's orchestrator does (protocol sheet §7.1, §8.1).</summary>
internal sealed class StrictResult
{
    private StrictResult(JsonElement root)
    {
        Root = root;
        StepId = Uuid(root.GetProperty("step_uuid"));
        Success = root.GetProperty("success").GetBoolean();
        Result = root.GetProperty("result");
        Status = root.GetProperty("status").GetString()!;
        if (Status is not ("completed" or "failed" or "error"))
            throw new FormatException($"status '{Status}'");
        ReadMetadata(root.GetProperty("metadata"));
        ReadError(root.GetProperty("error"));
        ReadOrchestration(root.GetProperty("orchestration_metadata"));
    }

    public JsonElement Root { get; }

    public Guid StepId { get; }

    public bool Success { get; }

    public JsonElement Result { get; }

    public string Status { get; }

    public bool Retryable { get; private set; }

    public string? ErrorMessage { get; private set; }

    /// <summary>Whether backoff is computed at all.</summary>
    public bool HasOrchestrationMetadata { get; private set; }

    public int? RetryAfterSeconds { get; private set; }

    /// <exception cref="FormatException">The orchestrator would not read it.</exception>
    public static StrictResult Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return new StrictResult(document.RootElement.Clone());
        }
        catch (Exception exception) when (exception is KeyNotFoundException or InvalidOperationException or JsonException)
        {
            throw new FormatException($"The orchestrator cannot read this result: {exception.Message} {json}", exception);
        }
    }

    private void ReadMetadata(JsonElement metadata)
    {
        metadata.GetProperty("execution_time_ms").GetInt64();
        Retryable = metadata.GetProperty("retryable").GetBoolean();
        Zoned(metadata.GetProperty("completed_at"));
        if (metadata.GetProperty("started_at") is { ValueKind: not JsonValueKind.Null } started)
            Zoned(started);
        foreach (var name in new[] { "handler_version", "worker_id", "worker_hostname", "error_code", "error_type" })
            metadata.GetProperty(name).GetString();
        foreach (var name in new[] { "custom", "context" })
            Object(metadata.GetProperty(name));
    }

    private void ReadError(JsonElement error)
    {
        if (error.ValueKind is JsonValueKind.Null)
            return;
        ErrorMessage = error.GetProperty("message").GetString() ?? throw new FormatException("error.message is null");
        error.GetProperty("retryable").GetBoolean();
        if (error.TryGetProperty("status_code", out var status))
            status.GetUInt16();
        if (error.TryGetProperty("context", out var context))
            Object(context);
        if (error.TryGetProperty("backtrace", out var backtrace) && backtrace.ValueKind is not JsonValueKind.Null)
        {
            foreach (var frame in backtrace.EnumerateArray())
                frame.GetString();
        }
    }

    private void ReadOrchestration(JsonElement metadata)
    {
        if (metadata.ValueKind is JsonValueKind.Null)
            return;
        HasOrchestrationMetadata = true;
        Object(metadata.GetProperty("custom"));
        foreach (var header in metadata.GetProperty("headers").EnumerateObject())
        {
            var value = header.Value.GetString();
            if (header.Name.Equals("retry-after", StringComparison.OrdinalIgnoreCase))
                RetryAfterSeconds = Math.Min(int.Parse(value!, CultureInfo.InvariantCulture), 3600);
        }
    }

    private static void Object(JsonElement element)
    {
        if (element.ValueKind is not JsonValueKind.Object)
            throw new FormatException($"{element.GetRawText()} is not an object");
    }

    private static void Zoned(JsonElement element)
    {
        var text = element.GetString()!;
        if (!text.EndsWith('Z') && text[^6] is not ('+' or '-'))
            throw new FormatException($"the time '{text}' has no zone");
        DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
    }

    private static Guid Uuid(JsonElement element)
    {
        var text = element.GetString()!;
        return Guid.TryParseExact(text, "D", out var id) && text == id.ToString() ? id : throw new FormatException($"'{text}' is not a lower-case UUID");
    }
}
