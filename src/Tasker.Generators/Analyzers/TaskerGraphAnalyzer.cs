using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Analyzers;

/// <summary>Says where a handler does not fit the templates that use it. The rules are <see cref="HandlerGraphRules"/>; this finds their places.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskerGraphAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The diagnostic property that holds the name which was probably meant.</summary>
    internal const string Suggestion = "Suggestion";

    /// <summary>The diagnostic property that holds the identity of the template that a fix has to look at or to change.</summary>
    internal const string Template = "Template";

    /// <summary>The diagnostic property that holds the step that lacks a dependency.</summary>
    internal const string Step = "Step";

    /// <summary>The diagnostic property that holds the dependency it lacks.</summary>
    internal const string Dependency = "Dependency";

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.UnusedHandler, Rules.MissingHandlersHere, Rules.UnknownStepRead, Rules.NotAnAncestor, Rules.ResultMismatch, Rules.OptionalBranch,
        Rules.WrongWorkerTemplate, Rules.UnknownRoute, Rules.IndependentRoute, Rules.InputMismatch,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (!start.Compilation.HasContracts())
                return;
            ParsedMethods.Of(start.Compilation).TakeOver(start.CancellationToken);
            var files = TemplateTexts.Read(
                start.Options,
                text => start.TryGetValue(text, TemplateTexts.Parser, out var parsed) ? parsed : null,
                start.CancellationToken);

            // Publication only: a cancelled attempt must not be remembered as the answer.
            var compilation = start.Compilation;
            var cancellationToken = start.CancellationToken;
            var rules = new Lazy<HandlerGraphRules>(
                () =>
                {
                    var handlers = HandlerSets.Of(compilation, cancellationToken);
                    return new HandlerGraphRules(files.ConvertAll(file => file.Model!), handlers.Own, handlers.All, handlers.Referenced);
                },
                LazyThreadSafetyMode.PublicationOnly);
            start.RegisterSymbolAction(symbol => CheckHandler(symbol, rules), SymbolKind.Method);
            start.RegisterSymbolAction(symbol => CheckClass(symbol, rules), SymbolKind.NamedType);
            if (files.Count > 0)
                start.RegisterAdditionalFileAction(file => CheckFile(file, files, rules));
        });
    }

    /// <summary>What is wrong with steps whose handlers are elsewhere can be said, and mended, in the template only.</summary>
    private static void CheckFile(AdditionalFileAnalysisContext context, List<ParsedTemplate> files, Lazy<HandlerGraphRules> rules)
    {
        if (files.Find(file => file.Path == context.AdditionalFile.Path) is not { Model: { } template } parsed)
            return;
        for (var i = 0; i < template.Steps.Count; i++)
        {
            foreach (var finding in rules.Value.Check(template, template.Steps[i]))
                context.ReportDiagnostic(Create(finding, parsed.Callables[i].In(parsed.Path)));
        }
    }

    private static void CheckHandler(SymbolAnalysisContext context, Lazy<HandlerGraphRules> rules)
    {
        // The parts of a partial method share their attributes.
        var method = (IMethodSymbol)context.Symbol;
        if (method.PartialDefinitionPart is not null)
            return;
        foreach (var parsed in ParsedMethods.Of(context.Compilation).Find(method, context.CancellationToken))
        {
            if (parsed.Result.Handler is not { } handler)
                continue;
            foreach (var finding in rules.Value.Check(handler))
                context.ReportDiagnostic(Create(finding, method, parsed.Attribute, context.CancellationToken));
        }

        if (method.FindAttribute(KnownNames.DecisionAttribute) is { } decision && HandlerAttribute.KeyOf(decision) is { } key)
            RouteRule.Check(context, method, key, rules.Value);
    }

    private static void CheckClass(SymbolAnalysisContext context, Lazy<HandlerGraphRules> rules)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var member in type.GetMembers())
        {
            if (member is IMethodSymbol method && HandlerAttribute.FindKey(method) is { } key)
                keys.Add(key);
        }

        if (keys.Count == 0 || type.Locations.Length == 0)
            return;
        foreach (var (template, steps) in rules.Value.MissingBeside(keys))
        {
            var names = new List<string>();
            foreach (var step in steps)
                names.Add(step.Name);
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.MissingHandlersHere,
                type.Locations[0],
                ImmutableDictionary<string, string?>.Empty.Add(Template, template.Identity),
                template.Name,
                string.Join(", ", names)));
        }
    }

    private static Diagnostic Create(GraphFinding finding, IMethodSymbol method, AttributeData data, CancellationToken cancellationToken)
    {
        var place = finding.Place switch
        {
            FindingPlace.Parameter => PlaceOfParameter(method, finding.Parameter!, cancellationToken),
            FindingPlace.WorkerTemplate => data.PlaceOf(nameof(HandlerModel.WorkerTemplate), cancellationToken),
            _ => null,
        };
        return Create(finding, place ?? method.Locations[0]);
    }

    private static Diagnostic Create(GraphFinding finding, Location place)
    {
        var arguments = new object[finding.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = finding.Arguments[i];
        return Diagnostic.Create(Rules.Get(finding.RuleId), place, Properties(finding), arguments);
    }

    private static ImmutableDictionary<string, string?> Properties(GraphFinding finding)
    {
        var properties = ImmutableDictionary<string, string?>.Empty.Add(Suggestion, finding.Suggestion);
        return finding.Missing is { } missing
            ? properties.Add(Template, missing.Template).Add(Step, missing.Step).Add(Dependency, missing.Dependency)
            : properties;
    }

    private static Location? PlaceOfParameter(IMethodSymbol method, string name, CancellationToken cancellationToken)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Name == name)
                return parameter.PlaceOfBinding(cancellationToken);
        }

        return null;
    }
}
