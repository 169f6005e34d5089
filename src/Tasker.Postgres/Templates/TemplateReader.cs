using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Tasker.Postgres.Registration;
using Tasker.Templates;

namespace Tasker.Postgres.Templates;

/// <summary>
/// Reads <c>named_tasks.configuration</c> as tasker-core does: unknown keys are ignored, keys with a default may be missing, the others may not (protocol
/// sheet §3.2, Appendix B). What <c>environments</c> override is read but, as there, not applied: handlers see the steps as they are stored.
/// </summary>
internal static class TemplateReader
{
    /// <exception cref="FormatException">The configuration is no template; the message names the place.</exception>
    public static TaskTemplate Read(ReadOnlyMemory<byte> configuration)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(configuration);
        }
        catch (JsonException exception)
        {
            throw new FormatException("$ is not JSON: " + exception.Message, exception);
        }

        using (document)
        {
            var root = new Node(document.RootElement, "$");
            return new TaskTemplate
            {
                Name = root.Text("name"),
                Namespace = root.Text("namespace_name"),
                Version = root.Text("version"),
                Description = root.TextOrNull("description"),
                Metadata = root.ObjectOrNull("metadata") is { } metadata ? ReadMetadata(metadata) : null,
                SystemDependencies = root.ObjectOrNull("system_dependencies") is { } systems ? ReadSystems(systems) : SystemDependencies.Default,
                DomainEvents = [.. root.Items("domain_events").Select(ReadDomainEvent)],
                InputSchema = root.RawOrNull("input_schema"),
                Steps = [.. root.Items("steps").Select(ReadStep)],
                Environments = ReadEnvironments(root),
                Lifecycle = root.ObjectOrNull("lifecycle") is { } lifecycle ? ReadLifecycle(lifecycle) : null,
            };
        }
    }

    private static TemplateMetadata ReadMetadata(Node metadata) => new()
    {
        Author = metadata.TextOrNull("author"),
        Tags = Texts(metadata, "tags"),
        DocumentationUrl = metadata.TextOrNull("documentation_url"),
        CreatedAt = metadata.TextOrNull("created_at"),
        UpdatedAt = metadata.TextOrNull("updated_at"),
    };

    private static SystemDependencies ReadSystems(Node systems) => new()
    {
        Primary = systems.TextOrNull("primary") ?? SystemDependencies.Default.Primary,
        Secondary = Texts(systems, "secondary"),
    };

    private static DomainEventDefinition ReadDomainEvent(Node declared) => new()
    {
        Name = declared.Text("name"),
        Description = declared.TextOrNull("description"),
        Schema = declared.RawOrNull("schema"),
    };

    private static ImmutableDictionary<string, ImmutableArray<StepOverride>> ReadEnvironments(Node root)
    {
        if (root.ObjectOrNull("environments") is not { } environments)
            return ImmutableDictionary<string, ImmutableArray<StepOverride>>.Empty;
        return environments.Members().ToImmutableDictionary(
            one => one.Name,
            one => one.Value.Items("steps").Select(ReadOverride).ToImmutableArray(),
            StringComparer.Ordinal);
    }

    private static StepOverride ReadOverride(Node change) => new()
    {
        Step = change.Text("name"),
        Configuration = change.ObjectOrNull("handler")?.ObjectOrNull("initialization") is { } initialization ? initialization.Utf8() : (ReadOnlyMemory<byte>?)null,
        Timeout = Seconds(change, "timeout_seconds"),
        Retry = change.ObjectOrNull("retry") is { } retry ? ReadRetry(retry) : null,
    };

    private static StepDefinition ReadStep(Node step)
    {
        var handler = step.Object("handler");
        return new StepDefinition
        {
            Name = step.Text("name"),
            Description = step.TextOrNull("description"),
            Type = step.Choice("type", TemplateNames.StepType) ?? step.Choice("step_type", TemplateNames.StepType) ?? StepType.Standard,
            Callable = handler.Text("callable"),
            Method = handler.TextOrNull("method"),
            Resolver = handler.TextOrNull("resolver"),
            Configuration = handler.ObjectOrNull("initialization") is { } initialization ? initialization.Utf8() : "{}"u8.ToArray(),
            SystemDependency = step.TextOrNull("system_dependency"),
            Dependencies = [.. Texts(step, "dependencies"), .. Texts(step, "depends_on")],
            Retry = step.ObjectOrNull("retry") is { } retry ? ReadRetry(retry) : RetryPolicy.Default,
            Timeout = Seconds(step, "timeout_seconds"),
            Batch = step.ObjectOrNull("batch_config") is { } batch ? ReadBatch(batch) : null,
            Events = [.. step.Items("publishes_events").Select(ReadEvent)],
            ResultSchema = step.RawOrNull("result_schema"),
            Composition = step.RawOrNull("composition"),
        };
    }

    private static RetryPolicy ReadRetry(Node retry) => new()
    {
        Retryable = retry.Flag("retryable") ?? true,
        MaxAttempts = (int)(retry.Number("max_attempts") ?? RetryPolicy.Default.MaxAttempts),
        Backoff = retry.Choice("backoff", TemplateNames.Backoff) ?? BackoffStrategy.Exponential,
        BackoffBase = retry.Number("backoff_base_ms") is { } first ? TimeSpan.FromMilliseconds(first) : null,
        MaxBackoff = retry.Number("max_backoff_ms") is { } longest ? TimeSpan.FromMilliseconds(longest) : null,
    };

    private static BatchConfiguration ReadBatch(Node batch) => new()
    {
        BatchSize = (int)(batch.Number("batch_size") ?? 0),
        Parallelism = (int)(batch.Number("parallelism") ?? 0),
        CursorField = batch.Text("cursor_field"),
        WorkerTemplate = batch.Text("worker_template"),
        FailureStrategy = batch.Choice("failure_strategy", TemplateNames.Strategy) ?? BatchFailureStrategy.ContinueOnFailure,
    };

    private static EventDeclaration ReadEvent(Node declared) => new()
    {
        Name = declared.Text("name"),
        Description = declared.TextOrNull("description") ?? "",
        Condition = declared.Choice("condition", TemplateNames.Condition) ?? EventCondition.Success,
        Delivery = declared.Choice("delivery_mode", TemplateNames.Delivery) ?? EventDelivery.Durable,
        Schema = declared.RawOrNull("schema") ?? "true",
        Publisher = declared.TextOrNull("publisher"),
    };

    private static TaskLifecycle ReadLifecycle(Node lifecycle) => new()
    {
        MaxDuration = Minutes(lifecycle, "max_duration_minutes"),
        MaxWaitingForDependencies = Minutes(lifecycle, "max_waiting_for_dependencies_minutes"),
        MaxWaitingForRetry = Minutes(lifecycle, "max_waiting_for_retry_minutes"),
        MaxStepsInProcess = Minutes(lifecycle, "max_steps_in_process_minutes"),
        StalenessAction = lifecycle.TextOrNull("staleness_action") ?? "dlq",
        AutoFailOnTimeout = lifecycle.Flag("auto_fail_on_timeout"),
        AutoDlqOnTimeout = lifecycle.Flag("auto_dlq_on_timeout"),
    };

    private static ImmutableArray<string> Texts(Node owner, string key) => [.. owner.Items(key).Select(text => text.AsText())];

    private static TimeSpan? Seconds(Node owner, string key) => owner.Number(key) is { } seconds ? TimeSpan.FromSeconds(seconds) : null;

    private static TimeSpan? Minutes(Node lifecycle, string key) => lifecycle.Number(key) is { } minutes ? TimeSpan.FromMinutes(minutes) : null;

    /// <summary>A JSON value and its path, for messages.</summary>
    private readonly record struct Node(JsonElement Value, string Path)
    {
        public string Text(string key) => TextOrNull(key) ?? throw new FormatException($"{Path}.{key} is missing; it must be text");

        public string? TextOrNull(string key) => Find(key) is { } node ? node.AsText() : null;

        public string AsText() => Value.ValueKind is JsonValueKind.String ? Value.GetString()! : throw Wrong("text");

        public bool? Flag(string key) => Find(key) is { } node
            ? node.Value.ValueKind switch
            {
                JsonValueKind.True => true,
                JsonValueKind.False => false,
                _ => throw node.Wrong("true or false"),
            }
            : null;

        public long? Number(string key) => Find(key) is { } node
            ? node.Value.ValueKind is JsonValueKind.Number && node.Value.TryGetInt64(out var number) && number is >= 0 and <= int.MaxValue
                ? number
                : throw node.Wrong("a whole number from 0 to 2147483647")
            : null;

        public T? Choice<T>(string key, Func<string, T?> parse)
            where T : struct => Find(key) is { } node ? parse(node.AsText()) ?? throw new FormatException($"{node.Path} is '{node.AsText()}', which is not one of its values") : null;

        public Node Object(string key) => ObjectOrNull(key) ?? throw new FormatException($"{Path}.{key} is missing; it must be an object");

        public Node? ObjectOrNull(string key) =>
            Find(key) is { } node ? node.Value.ValueKind is JsonValueKind.Object ? node : throw node.Wrong("an object") : null;

        public List<Node> Items(string key)
        {
            if (Find(key) is not { } list)
                return [];
            if (list.Value.ValueKind is not JsonValueKind.Array)
                throw list.Wrong("a list");
            return list.Value.EnumerateArray().Select((item, index) => new Node(item, $"{list.Path}[{index}]")).ToList();
        }

        public IEnumerable<(string Name, Node Value)> Members()
        {
            var path = Path;
            return Value.EnumerateObject().Select(member => (member.Name, new Node(member.Value, $"{path}.{member.Name}")));
        }

        public string? RawOrNull(string key) => Find(key) is { } node ? node.Value.GetRawText() : null;

        public byte[] Utf8() => Encoding.UTF8.GetBytes(Value.GetRawText());

        /// <summary>Null counts as absent.</summary>
        private Node? Find(string key)
        {
            if (Value.ValueKind is not JsonValueKind.Object)
                throw Wrong("an object");
            return Value.TryGetProperty(key, out var found) && found.ValueKind is not JsonValueKind.Null ? new Node(found, $"{Path}.{key}") : null;
        }

        private FormatException Wrong(string expected) => new($"{Path} is {Name(Value.ValueKind)}; it must be {expected}");

        private static string Name(JsonValueKind kind) => kind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "text",
            JsonValueKind.Number => "a number",
            JsonValueKind.Null => "null",
            _ => "true or false",
        };
    }
}
