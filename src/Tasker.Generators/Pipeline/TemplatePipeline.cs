using System.Linq;
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
            .WithMany(context.AnalyzerConfigOptionsProvider, static IEnumerable<AdditionalText> (file, options) => TemplateFiles.IsTemplate(file, options) ? [file] : [])
            .Select(Parse)
            .WithTrackingName(StepNames.ParsedTemplates);

    /// <summary>What is emitted of all templates, whether files or classes declare them.</summary>
    public static IncrementalValuesProvider<TemplateSource> Sources(
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<TemplateNames> names,
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValueProvider<HandlerMap> map,
        IncrementalValueProvider<CompilationFacts> facts) =>
        OfFiles(parsed, names, map, facts).Gather()
            .With(OfClasses(handlers, map, facts).Gather(), static (files, classes) => new AllSources(files, classes))
            .SelectMany(static (all, _) => all.Files.Concat(all.Classes))
            .WithTrackingName(StepNames.TemplateSources);

    private static IncrementalValuesProvider<TemplateSource> OfClasses(
        IncrementalValueProvider<HandlerSet> handlers,
        IncrementalValueProvider<HandlerMap> map,
        IncrementalValueProvider<CompilationFacts> facts) =>
        handlers
            .SelectMany(static (set, _) => set.Templates)
            .With(map.With(facts, static (map, facts) => new Surroundings(map, facts)), Join)
            .WithTrackingName(StepNames.TemplateClasses);

    private static IncrementalValuesProvider<TemplateSource> OfFiles(
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<TemplateNames> names,
        IncrementalValueProvider<HandlerMap> map,
        IncrementalValueProvider<CompilationFacts> facts) =>
        parsed
            .Where(static template => template.Model is not null)
            .Select(static (template, _) => new TemplateFile(template.Path, template.Model!))
            .WithMany(
                names.With(
                    map.With(facts, static (map, facts) => new Surroundings(map, facts)),
                    static (names, surroundings) => new FileSurroundings(names, surroundings)),
                Join);

    public static IncrementalValueProvider<TemplateNames> Names(
        IncrementalGeneratorInitializationContext context,
        IncrementalValuesProvider<ParsedTemplate> parsed,
        IncrementalValueProvider<CompilationDeclarations> declarations,
        IncrementalValueProvider<CompilationFacts> facts)
    {
        var taken = declarations.Select(DeclaredNames.Of).With(RootNamespace(context, facts), static (declared, root) => new TakenNames(declared, declared.FreeNamespace(root)));
        return parsed
            .Where(static template => template.Model is not null)
            .Select(static (template, _) => new LocatedName(template.Path, template.Model!.Name, template.Model.Identity, template.Model.Version, template.NamePlace))
            .Gather()
            .With(taken, static (names, taken) => TemplateNames.Create(
                taken.Namespace, [.. names], taken.Declared, TemplateEmitter.ClassName))
            .WithTrackingName(StepNames.TemplateNames);
    }

    private static IncrementalValueProvider<string> RootNamespace(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<CompilationFacts> facts) =>
        context.AnalyzerConfigOptionsProvider
            .Select(static (options, _) => options.GlobalOptions.TryGetValue("build_property.RootNamespace", out var value) ? value : "")
            .With(facts, static (root, facts) => Identifiers.ToNamespace(root.Length > 0 ? root : facts.Name));

    public static void Emit(IncrementalGeneratorInitializationContext context, IncrementalValuesProvider<TemplateSource> sources) =>
        context.RegisterSourceOutput(
            sources,
            static (output, source) => output.Emit(source.FileName, source.Template.Name, source, TemplateEmitter.Emit));

    /// <summary>Leaves the templates of classes as YAML among the generated files, where the build picks them up; the compiler sees nothing in them.</summary>
    public static void EmitYaml(IncrementalGeneratorInitializationContext context, IncrementalValueProvider<HandlerSet> handlers)
    {
        var wanted = context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.TaskerEmitTemplates", out var value) ? value : "");
        var templates = handlers
            .With(wanted, static (set, wanted) => string.Equals(wanted, "true", StringComparison.OrdinalIgnoreCase) ? set.Templates : [])
            .SelectMany(static (templates, _) => templates)
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
            .WithMany(handlers, TemplateHandlerRules.Check)
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

    private static IEnumerable<TemplateSource> Join(TemplateFile file, FileSurroundings surroundings)
    {
        var (names, (handlers, facts)) = surroundings;
        if (!facts.HasContracts || names.Find(file.Path) is not { } name)
            return [];
        var (results, input, inputs) = Types(file.Template, handlers, name.IsInputsTaken);
        return [new TemplateSource(facts.Name, file.Template, names.Namespace, name.ClassName, results, input, inputs)];
    }

    private static TemplateSource Join(ClassTemplate template, Surroundings surroundings)
    {
        var (results, input, inputs) = Types(template.Template, surroundings.Handlers, template.IsInputsTaken);
        return new TemplateSource(surroundings.Facts.Name, template.Template, template.Class.Namespace, template.Class.Name, results, input, inputs, template.Class);
    }

    /// <summary>What the handlers say about the template's steps and its input; about the input, those of the assembly have the first word.</summary>
    private static (EquatableArray<StepResultModel> Results, ValueModel? Input, EquatableArray<InputModel>? Inputs) Types(
        TemplateModel template, HandlerMap handlers, bool isInputsTaken)
    {
        var results = new List<StepResultModel>(template.Steps.Count);
        var own = new List<ValueModel>();
        var referenced = new List<ValueModel>();
        foreach (var step in template.Steps)
        {
            var handler = handlers.Find(step);
            results.Add(new StepResultModel(step.Type == "BatchWorker" ? null : handler?.Result, handler is { IsResultKnown: true }));
            if (handler?.WholeInput is { } input)
                (handler.IsReferenced ? referenced : own).Add(input);
        }

        var whole = Agreed(own.Count > 0 ? own : referenced);
        return (results.ToEquatableArray(), whole, whole is null ? Inputs(template, handlers, isInputsTaken) : null);
    }

    /// <summary>The members of the context: a schema that says them has the first word. What the handlers read has none when the name of its record is taken.</summary>
    private static EquatableArray<InputModel>? Inputs(TemplateModel template, HandlerMap handlers, bool isInputsTaken)
    {
        if (!template.Inputs.IsEmpty)
            return template.Inputs;
        var read = ReadInputs.Merge(template.Steps.Select(step => handlers.Find(step)?.Inputs));
        return isInputsTaken && read is { IsEmpty: false } ? null : read;
    }

    /// <summary>The type that all of them are.</summary>
    private static ValueModel? Agreed(List<ValueModel> values) =>
        values.Count > 0 && values.TrueForAll(value => value.Type.TypeName == values[0].Type.TypeName) ? values[0] : null;

    private sealed record TemplateFile(string Path, TemplateModel Template);

    private sealed record YamlFile(string Name, TemplateModel Template);

    private sealed record TakenNames(DeclaredNames Declared, string Namespace);

    private sealed record Surroundings(HandlerMap Handlers, CompilationFacts Facts);

    private sealed record FileSurroundings(TemplateNames Names, Surroundings Project);

    private sealed record AllSources(EquatableArray<TemplateSource> Files, EquatableArray<TemplateSource> Classes);
}
