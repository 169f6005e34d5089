using Microsoft.CodeAnalysis;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Parsing;

/// <summary>
/// Turns a class with <c>[TaskTemplate]</c> into the model that a template file would become. A step is there as soon as its attribute is, even
/// if its handler cannot be called yet, so that one mistake does not become many.
/// </summary>
internal sealed class TemplateClassParser
{
    private readonly INamedTypeSymbol _type;
    private readonly ProblemReport? _report;
    private readonly CancellationToken _cancellationToken;
    private readonly List<TemplateClassStep> _steps = [];

    private TemplateClassParser(INamedTypeSymbol type, ProblemReport? report, CancellationToken cancellationToken)
    {
        _type = type;
        _report = report;
        _cancellationToken = cancellationToken;
    }

    public static TemplateClass Parse(INamedTypeSymbol type, AttributeData data, ProblemReport? report, CancellationToken cancellationToken) =>
        new TemplateClassParser(type, report, cancellationToken).Parse(data);

    private TemplateClass Parse(AttributeData data)
    {
        foreach (var member in _type.GetMembers())
        {
            if (member is IMethodSymbol method)
                ReadSteps(method);
        }

        ConnectBatches();
        Complete();
        var name = data.FirstText();
        var isNamed = name is not null && Text(data, name, "Name", TemplateParser.LongestName, data.PlaceOfFirst(_cancellationToken));
        var model = isNamed
            ? new TemplateModel(
                name!,
                Text(data, "Namespace", TemplateParser.LongestName),
                Text(data, "Version", TemplateParser.LongestVersion),
                data.NamedText("Description"),
                ReadMetadata(data),
                Systems: null,
                DomainEvents: [],
                _steps.ConvertAll(step => step.Model).ToEquatableArray(),
                InputSchema: null,
                [],
                Lifecycle: null,
                [])
            : null;
        if (model is not null)
            model = Defer(model);
        return new TemplateClass(_type, data, model, _steps);
    }

    private void ReadSteps(IMethodSymbol method)
    {
        _cancellationToken.ThrowIfCancellationRequested();
        foreach (var attribute in HandlerAttribute.All)
        {
            if (method.FindAttribute(attribute.MetadataName) is not { } data || data.FirstText() is not { } callable || callable.Trim().Length == 0)
                continue;
            var name = data.NamedText("Step") ?? callable;
            if (!Text(data, name, "Step", TemplateParser.LongestName, data.PlaceOf("Step", _cancellationToken)))
                continue;
            var step = new TemplateClassStep(method, data, ReadStep(name, callable, attribute, data));
            if (_steps.Find(other => other.Model.Name == name) is { } first)
            {
                var line = first.Place(_cancellationToken)?.GetLineSpan().StartLinePosition.Line + 1;
                _report?.Invoke(Rules.DuplicateStep, step.Place(_cancellationToken), name, $"{line}");
                continue;
            }

            ReadDependencies(step);
            _steps.Add(step);
        }
    }

    private StepModel ReadStep(string name, string callable, HandlerAttribute attribute, AttributeData data) => new(
        name,
        Description: null,
        attribute.Kind switch
        {
            HandlerKind.Decision => "Decision",
            HandlerKind.BatchAnalyzer => "Batchable",
            HandlerKind.BatchWorker => "BatchWorker",
            _ => data.NamedValue("Converges") is true ? "DeferredConvergence" : "Standard",
        },
        callable,
        data.NamedText("Method"),
        Resolver: null,
        attribute.Kind is HandlerKind.BatchAnalyzer ? WorkerConfiguration(data) : null,
        Dependencies: [],
        ReadRetry(data),
        Count(data, "TimeoutSeconds", least: 1) * 1000,
        SystemDependency: null,
        attribute.Kind is HandlerKind.BatchWorker ? ReadBatch(name, data) : null,
        Events: [],
        ResultSchema: null,
        Results: [],
        Composition: null);

    private static MetadataModel? ReadMetadata(AttributeData data)
    {
        var metadata = new MetadataModel(
            data.NamedText("Author"),
            Texts(data, "Tags").ToEquatableArray(),
            data.NamedText("DocumentationUrl"),
            CreatedAt: null,
            UpdatedAt: null);
        return metadata == new MetadataModel(null, [], null, null, null) ? null : metadata;
    }

    /// <summary>Where tasker-core looks for the worker when there is nothing to split (protocol sheet §8.5).</summary>
    private static string? WorkerConfiguration(AttributeData data) =>
        data.NamedText("WorkerTemplate") is { Length: > 0 } worker ? $"{{\"worker_template_name\":{YamlJson.Quote(worker)}}}" : null;

    private RetryModel? ReadRetry(AttributeData data)
    {
        var retry = new RetryModel(
            data.NamedValue("Retryable") as bool?,
            Count(data, "MaxAttempts", least: 1),
            OneOf(data, "Backoff", TemplateParser.Backoffs),
            Count(data, "BackoffBaseMilliseconds"),
            Count(data, "MaxBackoffMilliseconds"));
        return retry == new RetryModel(null, null, null, null, null) ? null : retry;
    }

    private BatchModel ReadBatch(string name, AttributeData data) => new(
        Count(data, "BatchSize", least: 1) ?? 100,
        Count(data, "Parallelism", least: 1) ?? 5,
        data.NamedText("CursorField") ?? "id",
        name,
        OneOf(data, "FailureStrategy", TemplateParser.FailureStrategies) ?? "ContinueOnFailure");

    private static void ReadDependencies(TemplateClassStep step)
    {
        foreach (var parameter in step.Method.Parameters)
        {
            var attribute = parameter.FindAttribute(KnownNames.FromStepAttribute);
            var readsBatches = parameter.Type.Is(KnownNames.BatchResultsOfT);
            step.ReadsAnyBatches |= readsBatches && attribute is null;

            // A name that is no constant (yet) is the compiler's error.
            if (attribute is null || attribute.ConstructorArguments is [{ Kind: TypedConstantKind.Error }])
                continue;
            var isOptional = parameter.IsOptional
                || parameter.NullableAnnotation is NullableAnnotation.Annotated
                || parameter.Type.OriginalDefinition.SpecialType is SpecialType.System_Nullable_T;
            Add(step, new TemplateClassDependency(attribute.FirstText() ?? SnakeCase.Convert(parameter.Name), parameter, Index: -1, isOptional));
        }

        if (step.Data.Named("DependsOn") is not { Kind: TypedConstantKind.Array, IsNull: false } names)
            return;
        for (var i = 0; i < names.Values.Length; i++)
        {
            if (names.Values[i] is { Kind: TypedConstantKind.Primitive, Value: string name })
                Add(step, new TemplateClassDependency(name, Reader: null, i, IsOptional: false));
        }
    }

    /// <summary>The constants in an array that is a named argument.</summary>
    private static List<string> Texts(AttributeData data, string argument)
    {
        var texts = new List<string>();
        if (data.Named(argument) is not { Kind: TypedConstantKind.Array, IsNull: false } items)
            return texts;
        foreach (var item in items.Values)
        {
            if (item is { Kind: TypedConstantKind.Primitive, Value: string text })
                texts.Add(text);
        }

        return texts;
    }

    private static void Add(TemplateClassStep step, TemplateClassDependency dependency)
    {
        if (!step.DependsOn(dependency.Name))
            step.Dependencies.Add(dependency);
    }

    /// <summary>A worker waits for the analyzer that names it; who reads all batches waits for the one worker there is.</summary>
    private void ConnectBatches()
    {
        var workers = _steps.FindAll(step => step.Model.Type == "BatchWorker");
        foreach (var step in _steps)
        {
            if (step.Model.Type == "Batchable"
                && step.Data.NamedText("WorkerTemplate") is { } name
                && workers.Find(worker => worker.Model.Name == name) is { } named)
            {
                Add(named, new TemplateClassDependency(step.Model.Name, Reader: null, Index: -1, IsOptional: false));
            }

            if (step.ReadsAnyBatches && workers.Count == 1 && workers[0] != step)
                Add(step, new TemplateClassDependency(workers[0].Model.Name, Reader: null, Index: -1, IsOptional: false));
        }
    }

    private void Complete()
    {
        foreach (var step in _steps)
            step.Model = step.Model with { Dependencies = step.Dependencies.ConvertAll(dependency => dependency.Name).ToEquatableArray() };
    }

    /// <summary>A step that reads a batch worker, or can do without what a branch may not bring, converges.</summary>
    private TemplateModel Defer(TemplateModel template)
    {
        var graph = new StepGraph(template);
        foreach (var step in _steps)
        {
            if (step.Model.Type == "Standard" && step.Dependencies.Exists(dependency => Converges(graph, dependency)))
                step.Model = step.Model with { Type = "DeferredConvergence" };
        }

        return template with { Steps = _steps.ConvertAll(step => step.Model).ToEquatableArray() };
    }

    private static bool Converges(StepGraph graph, TemplateClassDependency dependency) =>
        graph.Find(dependency.Name) is { } source
        && (source.Type == "BatchWorker" || (dependency.IsOptional && graph.HasAncestorOfType(source, "Decision")));

    private string Text(AttributeData data, string argument, int longest)
    {
        var text = data.NamedText(argument);
        if (text is not null)
            Text(data, text, argument, longest, data.PlaceOf(argument, _cancellationToken));
        return text ?? "";
    }

    /// <returns>Whether there is any text.</returns>
    private bool Text(AttributeData data, string text, string argument, int longest, Location? place)
    {
        if (text.Length == 0)
            Wrong(data, argument, place, "text that is not empty", "empty");
        else if (text.Length > longest)
            Wrong(data, argument, place, $"at most {longest} characters", $"{text.Length}");
        return text.Length > 0;
    }

    private long? Count(AttributeData data, string argument, int least = 0)
    {
        if (data.NamedValue(argument) is not int value)
            return null;
        if (value >= least)
            return value;
        Wrong(data, argument, data.PlaceOf(argument, _cancellationToken), $"an integer from {least} to {int.MaxValue}", $"{value}");
        return null;
    }

    /// <summary>The name of an enum's member; the members are those that a template file offers, in the same order.</summary>
    private string? OneOf(AttributeData data, string argument, KeyValuePair<string, string>[] members)
    {
        if (data.NamedValue(argument) is not int value)
            return null;
        if (value >= 0 && value < members.Length)
            return members[value].Value;
        Wrong(data, argument, data.PlaceOf(argument, _cancellationToken), $"one of {string.Join(", ", Array.ConvertAll(members, member => member.Value))}", $"{value}");
        return null;
    }

    private void Wrong(AttributeData data, string argument, Location? place, string expected, string found)
    {
        var attribute = data.AttributeClass!.Name;
        var owner = $"the [{attribute.Substring(0, attribute.Length - "Attribute".Length)}] of '{_type.ToDisplayString(SymbolExtensions.Message)}'";
        _report?.Invoke(Rules.WrongValue, place ?? data.Place(_cancellationToken), argument, owner, expected, found);
    }
}
