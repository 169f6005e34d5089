using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Emission;

/// <summary>
/// Writes a template as the YAML that tasker-core reads (protocol sheet §3.2). The file is C# as well: what YAML takes for comments are
/// directives, and what lies between them is never compiled. So the build only has to copy it.
/// </summary>
internal sealed class YamlEmitter
{
    private const long Second = 1000;
    private const long Minute = 60 * Second;

    private readonly StringBuilder _text = new();
    private int _depth;

    private YamlEmitter()
    {
    }

    public static SourceText Emit(TemplateModel template) =>
        SourceText.From(
            $"#if TASKER_TEMPLATE // Made by Tasker.Generators; C# between directives, and a YAML file with two comments.\n{Write(template)}#endif\n",
            new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    /// <summary>The template as YAML; what has its default is left out.</summary>
    public static string Write(TemplateModel template)
    {
        var emitter = new YamlEmitter();
        emitter.Template(template);
        return emitter._text.ToString();
    }

    private void Template(TemplateModel template)
    {
        Text("name", template.Name);
        Text("namespace_name", template.Namespace);
        Text("version", template.Version);
        Text("description", template.Description);
        if (template.Metadata is { } metadata)
            Metadata(metadata);
        if (template.Systems is { } systems)
            Systems(systems);
        if (!template.DomainEvents.IsEmpty)
            List("domain_events", template.DomainEvents, DomainEvent);
        Json("input_schema", template.InputSchema);
        if (template.Lifecycle is { } lifecycle)
            Lifecycle(lifecycle);
        List("steps", template.Steps, Step);
        if (template.Environments.IsEmpty)
            return;
        Line("environments:");
        _depth++;
        foreach (var environment in template.Environments)
        {
            Line($"{YamlText.Of(environment.Name)}:");
            _depth++;
            List("steps", environment.Steps, Override);
            _depth--;
        }

        _depth--;
    }

    private void Step(StepModel step)
    {
        Text("name", step.Name);
        Text("description", step.Description);
        if (step.Type != "Standard")
            Text("type", NameOf(step.Type, TemplateParser.StepTypes));
        Line("handler:");
        _depth++;
        Text("callable", step.Callable);
        Text("method", step.Method);
        Text("resolver", step.Resolver);
        Json("initialization", step.Configuration);
        _depth--;
        Text("system_dependency", step.SystemDependency);
        Texts("dependencies", step.Dependencies);
        Retry(step.Retry);
        Number("timeout_seconds", step.Timeout / Second);
        if (!step.Events.IsEmpty)
            List("publishes_events", step.Events, Event);
        if (step.Batch is { } batch)
            Batch(batch);
        Json("result_schema", step.ResultSchema);
        Json("composition", step.Composition);
    }

    private void Metadata(MetadataModel metadata)
    {
        if (metadata == new MetadataModel(null, [], null, null, null))
        {
            Line("metadata: {}");
            return;
        }

        Line("metadata:");
        _depth++;
        Text("author", metadata.Author);
        Texts("tags", metadata.Tags);
        Text("documentation_url", metadata.DocumentationUrl);
        Text("created_at", metadata.CreatedAt);
        Text("updated_at", metadata.UpdatedAt);
        _depth--;
    }

    private void Systems(SystemsModel systems)
    {
        if (systems == new SystemsModel(null, []))
        {
            Line("system_dependencies: {}");
            return;
        }

        Line("system_dependencies:");
        _depth++;
        Text("primary", systems.Primary);
        Texts("secondary", systems.Secondary);
        _depth--;
    }

    private void DomainEvent(DomainEventModel declared)
    {
        Text("name", declared.Name);
        Text("description", declared.Description);
        Json("schema", declared.Schema);
    }

    private void Batch(BatchModel batch)
    {
        Line("batch_config:");
        _depth++;
        Number("batch_size", batch.BatchSize);
        Number("parallelism", batch.Parallelism);
        Text("cursor_field", batch.CursorField);
        Text("worker_template", batch.WorkerTemplate);
        Text("failure_strategy", NameOf(batch.FailureStrategy, TemplateParser.FailureStrategies));
        _depth--;
    }

    private void Event(EventModel declared)
    {
        Text("name", declared.Name);
        Text("description", declared.Description);
        Text("condition", NameOf(declared.Condition, TemplateParser.EventConditions));
        Text("delivery_mode", NameOf(declared.Delivery, TemplateParser.EventDeliveries));
        Json("schema", declared.Schema);
        Text("publisher", declared.Publisher);
    }

    private void Lifecycle(LifecycleModel lifecycle)
    {
        if (lifecycle == new LifecycleModel(null, null, null, null, null, null, null))
        {
            Line("lifecycle: {}");
            return;
        }

        Line("lifecycle:");
        _depth++;
        Number("max_duration_minutes", lifecycle.MaxDuration / Minute);
        Number("max_waiting_for_dependencies_minutes", lifecycle.MaxWaitingForDependencies / Minute);
        Number("max_waiting_for_retry_minutes", lifecycle.MaxWaitingForRetry / Minute);
        Number("max_steps_in_process_minutes", lifecycle.MaxStepsInProcess / Minute);
        Text("staleness_action", lifecycle.StalenessAction);
        Flag("auto_fail_on_timeout", lifecycle.AutoFailOnTimeout);
        Flag("auto_dlq_on_timeout", lifecycle.AutoDlqOnTimeout);
        _depth--;
    }

    private void Override(StepOverrideModel step)
    {
        Text("name", step.Step);
        if (step.Configuration is not null)
        {
            Line("handler:");
            _depth++;
            Json("initialization", step.Configuration);
            _depth--;
        }

        Number("timeout_seconds", step.Timeout / Second);
        Retry(step.Retry);
    }

    private void Retry(RetryModel? retry)
    {
        if (retry is null)
            return;
        if (retry == new RetryModel(null, null, null, null, null))
        {
            Line("retry: {}");
            return;
        }

        Line("retry:");
        _depth++;
        Flag("retryable", retry.Retryable);
        Number("max_attempts", retry.MaxAttempts);
        if (retry.Backoff is not null)
            Text("backoff", NameOf(retry.Backoff, TemplateParser.Backoffs));
        Number("backoff_base_ms", retry.BackoffBase);
        Number("max_backoff_ms", retry.MaxBackoff);
        _depth--;
    }

    /// <summary>A list of mappings; the first key of each stands beside the dash.</summary>
    private void List<T>(string key, EquatableArray<T> items, Action<T> write)
        where T : IEquatable<T>
    {
        if (items.IsEmpty)
        {
            Line($"{key}: []");
            return;
        }

        Line($"{key}:");
        _depth += 2;
        foreach (var item in items)
        {
            var start = _text.Length;
            write(item);
            _text[start + ((_depth - 1) * 2)] = '-';
        }

        _depth -= 2;
    }

    private void Text(string key, string? text)
    {
        if (text is not null)
            Line($"{key}: {YamlText.Of(text)}");
    }

    private void Texts(string key, EquatableArray<string> texts)
    {
        if (texts.IsEmpty)
            return;
        var words = new List<string>();
        foreach (var text in texts)
            words.Add(YamlText.Of(text));
        Line($"{key}: [{string.Join(", ", words)}]");
    }

    private void Json(string key, string? json)
    {
        if (json is not null)
            Line($"{key}: {YamlText.OfJson(json)}");
    }

    private void Number(string key, long? number)
    {
        if (number is not null)
            Line($"{key}: {number.Value.ToString(CultureInfo.InvariantCulture)}");
    }

    private void Flag(string key, bool? flag)
    {
        if (flag is not null)
            Line($"{key}: {(flag.Value ? "true" : "false")}");
    }

    private void Line(string text) => _text.Append(' ', _depth * 2).Append(text).Append('\n');

    /// <summary>The word that stands for a member in YAML.</summary>
    private static string NameOf(string member, KeyValuePair<string, string>[] names)
    {
        foreach (var name in names)
        {
            if (name.Value == member)
                return name.Key;
        }

        throw new ArgumentOutOfRangeException(nameof(member), member, "YAML has no word for this.");
    }
}
