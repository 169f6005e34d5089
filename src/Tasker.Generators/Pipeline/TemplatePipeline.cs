using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Emission;
using Tasker.Generators.Graph;
using Tasker.Generators.Incremental;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Pipeline;

/// <summary>From template files to their classes, and to what is wrong with them.</summary>
internal static class TemplatePipeline
{
    public static IncrementalValuesProvider<ParsedTemplate> Parse(IncrementalGeneratorInitializationContext context) =>
        context.AdditionalTextsProvider
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, _) => TemplateFiles.IsTemplate(pair.Left, pair.Right) ? pair.Left : null)
            .Where(static file => file is not null)
            .Select(static (file, cancellationToken) => Parse(file!, cancellationToken))
            .WithTrackingName(StepNames.ParsedTemplates);

    /// <summary>What is emitted of all templates, whether files or classes declare them.</summary>
    public static IncrementalValuesProvider<TemplateSource> Sources(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<TemplateNames> names,
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValueProvider<HandlerMap> map,
        IncrementalValueProvider<CompilationFacts> facts) =>
        OfFiles(context, parsed, names, map, facts).Collect()
            .Combine(OfClasses(handlers, map, facts).Collect())
            .SelectMany(static (sources, _) => sources.Left.AddRange(sources.Right))
            .WithTrackingName(StepNames.TemplateSources);

    private static IncrementalValuesProvider<TemplateSource> OfClasses(
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValueProvider<HandlerMap> map,
        IncrementalValueProvider<CompilationFacts> facts) =>
        handlers
            .SelectMany(static (set, _) => set.Templates)
            .Combine(map)
            .Combine(facts)
            .Select(static (item, _) => Join(item.Left.Left, item.Left.Right, item.Right))
            .WithTrackingName(StepNames.TemplateClasses);

    private static IncrementalValuesProvider<TemplateSource> OfFiles(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<TemplateNames> names,
        IncrementalValueProvider<HandlerMap> handlers,
        IncrementalValueProvider<CompilationFacts> facts)
    {
        return parsed
            .Where(static template => template.Model is not null)
            .Select(static (template, _) => new TemplateFile(template.Path, template.Model!))
            .Combine(names)
            .Combine(handlers)
            .Combine(Setting(context, facts))
            .Select(static (item, _) => Join(item.Left.Left.Left, item.Left.Left.Right, item.Left.Right, item.Right))
            .Where(static source => source is not null)
            .Select(static (source, _) => source!);
    }

    public static IncrementalValueProvider<TemplateNames> Names(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<CompilationDeclarations> declarations,
        IncrementalValueProvider<CompilationFacts> facts) =>
        parsed
            .Where(static template => template.Model is not null)
            .Select(static (template, _) => new LocatedName(template.Path, template.Model!.Name, template.Model.Identity, template.Model.Version, template.NamePlace))
            .Collect()
            .Combine(declarations.Select(DeclaredNames.Of))
            .Combine(Setting(context, facts))
            .Select(static (item, _) => TemplateNames.Create(
                new List<LocatedName>(item.Left.Left), name => item.Left.Right.Free(item.Right.Namespace, TemplateEmitter.ClassName(name))))
            .WithTrackingName(StepNames.TemplateNames);

    private static IncrementalValueProvider<TemplateSetting> Setting(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<CompilationFacts> facts) =>
        context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var value) ? value : null)
            .Combine(facts)
            .Select(static (pair, _) => new TemplateSetting(
                pair.Right.Name,
                pair.Right.HasContracts,
                Identifiers.ToNamespace(pair.Left is { Length: > 0 } root ? root : pair.Right.Name)));

    public static void Emit(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<TemplateSource> sources) =>
        context.RegisterSourceOutput(
            sources,
            static (output, source) => output.Emit(source.FileName, source.Template.Name, source, TemplateEmitter.Emit));

    /// <summary>Leaves the templates of classes as YAML among the generated files, where the build picks them up; the compiler sees nothing in them.</summary>
    public static void EmitYaml(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<HandlerSet> handlers)
    {
        var isWanted = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.TaskerEmitTemplates", out var value) && string.Equals(value, "true", StringComparison.OrdinalIgnoreCase));
        var templates = handlers
            .Combine(isWanted)
            .SelectMany(static (item, _) => item.Right ? item.Left.Templates : [])
            .Select(static (template, _) => new YamlFile(template.YamlFileName, template.Template))
            .WithTrackingName(StepNames.TemplateYaml);
        context.RegisterImplementationSourceOutput(
            templates,
            static (output, file) => output.Emit(file.Name, file.Template.Name, file.Template, YamlEmitter.Emit));
    }

    public static void Report(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<TemplateNames> names,
        IncrementalValueProvider<HandlerMap> handlers)
    {
        var issues = parsed.SelectMany(static (template, _) => template.Issues).WithTrackingName(StepNames.TemplateIssues);
        context.RegisterSourceOutput(issues, static (output, issue) => output.Report(issue));

        var unhandled = parsed
            .Combine(handlers)
            .SelectMany(static (pair, _) => TemplateHandlerRules.Check(pair.Left, pair.Right))
            .WithTrackingName(StepNames.HandlerIssues);
        context.RegisterSourceOutput(unhandled, static (output, issue) => output.Report(issue));

        var duplicates = names.SelectMany(static (set, _) => set.Duplicates);
        context.RegisterSourceOutput(
            duplicates,
            static (output, duplicate) => output.Report(new TemplateIssue(
                RuleIds.DuplicateTemplate,
                duplicate.Path,
                duplicate.Place,
                [duplicate.Identity, Path.GetFileName(duplicate.FirstPath)])));
    }

    private static ParsedTemplate Parse(AdditionalText file, CancellationToken cancellationToken)
    {
        var text = file.GetText(cancellationToken) ?? SourceText.From("");
        try
        {
            return TemplateParser.Parse(file.Path, text, cancellationToken);
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            var issues = new IssueList(file.Path, text);
            issues.Add(RuleIds.InternalError, default, Path.GetFileName(file.Path), $"{exception.GetType().Name}: {exception.Message}");
            return new ParsedTemplate(file.Path, Model: null, default, [], [], issues.ToEquatableArray());
        }
    }

    private static TemplateSource? Join(TemplateFile file, TemplateNames names, HandlerMap handlers, TemplateSetting setting)
    {
        if (!setting.HasContracts || names.Find(file.Path) is not { } className)
            return null;
        var (results, input) = Types(file.Template, handlers);
        return new TemplateSource(setting.Assembly, file.Template, setting.Namespace, className, results, input);
    }

    private static TemplateSource Join(ClassTemplate template, HandlerMap handlers, CompilationFacts facts)
    {
        var (results, input) = Types(template.Template, handlers);
        return new TemplateSource(facts.Name, template.Template, template.Class.Namespace, template.Class.Name, results, input, template.Class);
    }

    /// <summary>What the handlers say about the template's steps and its input.</summary>
    private static (EquatableArray<StepResultModel> Results, ValueModel? Input) Types(TemplateModel template, HandlerMap handlers)
    {
        var results = ImmutableArray.CreateBuilder<StepResultModel>(template.Steps.Count);
        var input = default(ValueModel);
        var isAmbiguous = false;
        foreach (var step in template.Steps)
        {
            var handler = handlers.Find(step);
            results.Add(new StepResultModel(step.Type == "BatchWorker" ? null : handler?.Result, handler is not null));
            if (handler?.WholeInput is not { } wholeInput)
                continue;
            isAmbiguous |= input is not null && input.Type.TypeName != wholeInput.Type.TypeName;
            input ??= wholeInput;
        }

        return (results.MoveToImmutable().ToEquatableArray(), isAmbiguous ? null : input);
    }

    private sealed record TemplateFile(string Path, TemplateModel Template);

    private sealed record YamlFile(string Name, TemplateModel Template);

    private sealed record TemplateSetting(string Assembly, bool HasContracts, string Namespace);
}
