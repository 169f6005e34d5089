using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Templates;

/// <summary>
/// Turns a template file into a model (protocol sheet §3.2). Never throws and never gives up at the first mistake: what is wrong becomes an
/// issue and the rest goes on, so that generated names stay while a file is edited.
/// </summary>
internal sealed class TemplateParser
{
    internal static readonly KeyValuePair<string, string>[] StepTypes =
    [
        new("standard", "Standard"), new("decision", "Decision"), new("deferred_convergence", "DeferredConvergence"),
        new("batchable", "Batchable"), new("batch_worker", "BatchWorker"),
    ];

    internal static readonly KeyValuePair<string, string>[] Backoffs =
        [new("none", "None"), new("linear", "Linear"), new("exponential", "Exponential"), new("fibonacci", "Fibonacci")];

    internal static readonly KeyValuePair<string, string>[] FailureStrategies =
        [new("continue_on_failure", "ContinueOnFailure"), new("fail_fast", "FailFast"), new("isolate", "Isolate")];

    internal static readonly KeyValuePair<string, string>[] EventConditions =
    [
        new("success", "Success"), new("failure", "Failure"), new("retryable_failure", "RetryableFailure"),
        new("permanent_failure", "PermanentFailure"), new("always", "Always"),
    ];

    internal static readonly KeyValuePair<string, string>[] EventDeliveries = [new("durable", "Durable"), new("fast", "Fast"), new("broadcast", "Broadcast")];

    internal const int LongestName = 128;
    internal const int LongestVersion = 16;
    private const long Second = 1000;
    private const long Minute = 60 * Second;

    /// <summary>A text never changes: what the generator has parsed in a build, the analyzers need not parse again.</summary>
    private static readonly ConditionalWeakTable<SourceText, ParsedTemplate> Known = new();

    private readonly string _path;
    private readonly IssueList _issues;
    private readonly List<StepModel> _steps = [];
    private readonly List<YamlScalar> _stepNames = [];
    private readonly List<YamlNode> _callables = [];
    private readonly List<List<YamlScalar>> _dependencies = [];

    private TemplateParser(string path, SourceText text)
    {
        _path = path;
        _issues = new IssueList(path, text);
    }

    public static ParsedTemplate Parse(string path, SourceText text, CancellationToken cancellationToken)
    {
        var parsed = new TemplateParser(path, text).Parse(cancellationToken);
        Known.GetValue(text, _ => parsed);
        return parsed;
    }

    /// <summary>What a text holds, wherever it is from: the path may be that of another file, or empty.</summary>
    public static ParsedTemplate ParseText(SourceText text, CancellationToken cancellationToken) =>
        Known.TryGetValue(text, out var parsed) ? parsed : Parse("", text, cancellationToken);

    private ParsedTemplate Parse(CancellationToken cancellationToken)
    {
        var reader = new YamlReader(_issues);
        var root = reader.Read(cancellationToken);
        if (root is not YamlMapping mapping)
        {
            if (!reader.IsTruncated)
                _issues.Add(RuleIds.UnreadableYaml, root?.Span ?? default, root is null ? "The file is empty." : $"The file must be a mapping, not {root.Noun}.");
            return Result(model: null, default);
        }

        var section = new TemplateSection(mapping, "the template", _issues, reader.IsTruncated);
        var model = ReadTemplate(section, reader.IsTruncated);
        if (!model.IsTruncated)
        {
            DependencyRules.Check(model, Report);
            StepTypeRules.Check(new StepGraph(model), Report);
        }

        return Result(model.Name.Length > 0 ? model : null, mapping["name"]?.Span ?? section.Span);
    }

    private void Report(string ruleId, int step, int dependency, params string[] arguments) =>
        _issues.Add(ruleId, (dependency < 0 ? _stepNames[step] : _dependencies[step][dependency]).Span, arguments);

    private ParsedTemplate Result(TemplateModel? model, TextSpan namePlace)
    {
        var steps = _stepNames.ConvertAll(name => _issues.Range(name.Span));
        var callables = _callables.ConvertAll(callable => _issues.Range(callable.Span));
        return new ParsedTemplate(_path, model, _issues.Range(namePlace), steps.ToEquatableArray(), callables.ToEquatableArray(), _issues.ToEquatableArray());
    }

    private TemplateModel ReadTemplate(TemplateSection template, bool isTruncated)
    {
        var name = template.RequiredString("name", LongestName);
        var namespaceName = template.RequiredString("namespace_name", LongestName);
        var version = template.RequiredString("version", LongestVersion);
        var description = template.String("description");
        var metadata = ReadMetadata(template);
        var systems = ReadSystems(template);
        var domainEvents = ReadDomainEvents(template);
        ReadSteps(template, isTruncated);

        var model = new TemplateModel(
            name,
            namespaceName,
            version,
            description,
            metadata,
            systems,
            domainEvents,
            _steps.ToEquatableArray(),
            template.Json("input_schema"),
            ObjectSchema.Read(template.Node("input_schema")),
            ReadLifecycle(template),
            ReadEnvironments(template))
        {
            IsTruncated = isTruncated,
        };
        template.ReportUnknownKeys();
        return model;
    }

    private static MetadataModel? ReadMetadata(TemplateSection template)
    {
        if (template.Section("metadata", "the metadata") is not { } metadata)
            return null;
        var model = new MetadataModel(
            metadata.String("author"),
            Texts(metadata, "tags"),
            metadata.String("documentation_url"),
            metadata.Time("created_at"),
            metadata.Time("updated_at"));
        metadata.ReportUnknownKeys();
        return model;
    }

    private static SystemsModel? ReadSystems(TemplateSection template)
    {
        if (template.Section("system_dependencies", "the system_dependencies") is not { } systems)
            return null;
        var model = new SystemsModel(systems.String("primary"), Texts(systems, "secondary"));
        systems.ReportUnknownKeys();
        return model;
    }

    private static EquatableArray<DomainEventModel> ReadDomainEvents(TemplateSection template)
    {
        var events = new List<DomainEventModel>();
        foreach (var declared in template.Sections("domain_events", i => $"domain event {i}"))
        {
            events.Add(new DomainEventModel(declared.RequiredString("name"), declared.String("description"), declared.Json("schema")));
            declared.ReportUnknownKeys();
        }

        return events.ToEquatableArray();
    }

    private static EquatableArray<string> Texts(TemplateSection section, string key) => section.Strings(key).ConvertAll(text => text.Text).ToEquatableArray();

    private void ReadSteps(TemplateSection template, bool isTruncated)
    {
        var index = 0;
        foreach (var node in template.List("steps"))
        {
            index++;
            if (node is not YamlMapping mapping)
            {
                _issues.Add(RuleIds.WrongValue, node.Span, "steps", "the template", "a list of mappings", $"a list with {node.Noun}");
                continue;
            }

            var nameNode = mapping["name"] as YamlScalar;
            var owner = nameNode is { Text.Length: > 0 } ? $"step '{nameNode.Text}'" : $"step {index}";
            var step = ReadStep(new TemplateSection(mapping, owner, _issues, isTruncated), out var dependencies, out var callable);
            if (step.Name.Length == 0)
                continue;
            if (Find(step.Name) is { } first)
            {
                _issues.Add(RuleIds.DuplicateStep, nameNode!.Span, step.Name, $"{_issues.Range(first.Span).StartLine + 1}");
                continue;
            }

            _steps.Add(step);
            _stepNames.Add(nameNode!);
            _callables.Add(callable ?? nameNode!);
            _dependencies.Add(dependencies);
        }
    }

    private YamlScalar? Find(string step) => _stepNames.Find(name => name.Text == step);

    private static StepModel ReadStep(TemplateSection step, out List<YamlScalar> dependencies, out YamlNode? callableNode)
    {
        var name = step.RequiredString("name", LongestName);
        var callable = "";
        callableNode = null;
        string? method = null, resolver = null, configuration = null;
        if (step.RequiredSection("handler", $"the handler of {step.Owner}") is { } handler)
        {
            callable = handler.RequiredString("callable");
            callableNode = handler.Node("callable");
            method = handler.String("method");
            resolver = handler.String("resolver");
            configuration = handler.JsonObject("initialization");
            handler.ReportUnknownKeys();
        }

        dependencies = [];
        var names = new List<string>();
        foreach (var dependency in step.Strings("dependencies", "depends_on"))
        {
            if (names.Contains(dependency.Text))
                continue;
            names.Add(dependency.Text);
            dependencies.Add(dependency);
        }

        var model = new StepModel(
            name,
            step.String("description"),
            step.OneOf("type", StepTypes, "step_type") ?? "Standard",
            callable,
            method,
            resolver,
            configuration,
            names.ToEquatableArray(),
            ReadRetry(step),
            step.Count("timeout_seconds", least: 1) * Second,
            step.String("system_dependency"),
            ReadBatch(step),
            ReadEvents(step),
            step.Json("result_schema"),
            ObjectSchema.Read(step.Node("result_schema")),
            step.Json("composition"));
        step.ReportUnknownKeys();
        return model;
    }

    private static RetryModel? ReadRetry(TemplateSection owner)
    {
        if (owner.Section("retry", $"the retry of {owner.Owner}") is not { } retry)
            return null;
        var model = new RetryModel(
            retry.Boolean("retryable"),
            retry.Count("max_attempts", least: 1),
            retry.OneOf("backoff", Backoffs),
            retry.Count("backoff_base_ms"),
            retry.Count("max_backoff_ms"));
        retry.ReportUnknownKeys();
        return model;
    }

    private static BatchModel? ReadBatch(TemplateSection step)
    {
        if (step.Section("batch_config", $"the batch_config of {step.Owner}") is not { } batch)
            return null;
        var model = new BatchModel(
            batch.RequiredCount("batch_size", least: 1),
            batch.RequiredCount("parallelism", least: 1),
            batch.RequiredString("cursor_field"),
            batch.RequiredString("worker_template"),
            (batch.IsMissing("failure_strategy") ? null : batch.OneOf("failure_strategy", FailureStrategies)) ?? "ContinueOnFailure");
        batch.ReportUnknownKeys();
        return model;
    }

    private static EquatableArray<EventModel> ReadEvents(TemplateSection step)
    {
        var events = new List<EventModel>();
        foreach (var declared in step.Sections("publishes_events", i => $"event {i} of {step.Owner}"))
        {
            events.Add(new EventModel(
                declared.RequiredString("name"),
                declared.RequiredString("description"),
                declared.OneOf("condition", EventConditions) ?? "Success",
                declared.OneOf("delivery_mode", EventDeliveries) ?? "Durable",
                (declared.IsMissing("schema") ? null : declared.Json("schema")) ?? "{}",
                declared.String("publisher")));
            declared.ReportUnknownKeys();
        }

        return events.ToEquatableArray();
    }

    private static LifecycleModel? ReadLifecycle(TemplateSection template)
    {
        if (template.Section("lifecycle", "the lifecycle") is not { } lifecycle)
            return null;
        var model = new LifecycleModel(
            lifecycle.Count("max_duration_minutes", least: 1) * Minute,
            lifecycle.Count("max_waiting_for_dependencies_minutes", least: 1) * Minute,
            lifecycle.Count("max_waiting_for_retry_minutes", least: 1) * Minute,
            lifecycle.Count("max_steps_in_process_minutes", least: 1) * Minute,
            lifecycle.String("staleness_action"),
            lifecycle.Boolean("auto_fail_on_timeout"),
            lifecycle.Boolean("auto_dlq_on_timeout"));
        lifecycle.ReportUnknownKeys();
        return model;
    }

    private EquatableArray<EnvironmentModel> ReadEnvironments(TemplateSection template)
    {
        var environments = new List<EnvironmentModel>();
        if (template.Section("environments", "the environments") is not { } section)
            return [];
        foreach (var entry in section.Entries)
        {
            if (section.Section(entry.Key.Text, $"environment '{entry.Key.Text}'") is not { } environment)
                continue;
            var overrides = new List<StepOverrideModel>();
            foreach (var step in environment.Sections("steps", i => $"step {i} of environment '{entry.Key.Text}'"))
                overrides.Add(ReadOverride(step, entry.Key.Text));
            environment.ReportUnknownKeys();
            environments.Add(new EnvironmentModel(entry.Key.Text, overrides.ToEquatableArray()));
        }

        return environments.ToEquatableArray();
    }

    private StepOverrideModel ReadOverride(TemplateSection step, string environment)
    {
        var name = step.RequiredString("name");
        if (name.Length > 0 && name != "ALL" && Find(name) is null)
        {
            var hint = NearestName.Hint(name, _stepNames.ConvertAll(known => known.Text));
            _issues.Add(RuleIds.UnknownStep, step.Node("name")!.Span, $"Environment '{environment}' overrides", name, hint);
        }

        string? configuration = null;
        if (step.Section("handler", $"the handler of {step.Owner}") is { } handler)
        {
            configuration = handler.JsonObject("initialization");
            handler.ReportUnknownKeys();
        }

        var model = new StepOverrideModel(name, configuration, step.Count("timeout_seconds", least: 1) * Second, ReadRetry(step));
        step.ReportUnknownKeys();
        return model;
    }
}
