using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
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

    private static readonly SourceTextValueProvider<ParsedTemplate> Parser =
        new(static text => TemplateParser.Parse("", text, CancellationToken.None));

    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.UnusedHandler, Rules.UnknownStepRead, Rules.NotAnAncestor, Rules.ResultMismatch, Rules.OptionalBranch, Rules.WrongWorkerTemplate,
        Rules.UnknownRoute, Rules.IndependentRoute,
    ];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(static start =>
        {
            if (start.Compilation.GetTypeByMetadataName(KnownNames.HandlerRegistry) is null)
                return;
            var templates = ReadTemplates(
                start.Options,
                text => start.TryGetValue(text, Parser, out var parsed) ? parsed.Model : null,
                start.CancellationToken);
            if (templates.Count == 0)
                return;

            // Publication only: a cancelled attempt must not be remembered as the answer.
            var compilation = start.Compilation;
            var cancellationToken = start.CancellationToken;
            var rules = new Lazy<HandlerGraphRules>(
                () => new HandlerGraphRules(templates, HandlerSets.Of(compilation, cancellationToken)),
                LazyThreadSafetyMode.PublicationOnly);
            start.RegisterSymbolAction(symbol => CheckHandler(symbol, rules), SymbolKind.Method);
            start.RegisterOperationAction(operation => RouteRule.Check(operation, rules), OperationKind.Invocation);
        });
    }

    private static List<TemplateModel> ReadTemplates(AnalyzerOptions options, Func<SourceText, TemplateModel?> parse, CancellationToken cancellationToken)
    {
        var templates = new List<TemplateModel>();
        foreach (var file in options.AdditionalFiles)
        {
            if (TemplateFiles.IsTemplate(file, options.AnalyzerConfigOptionsProvider)
                && file.GetText(cancellationToken) is { } text
                && parse(text) is { } model)
            {
                templates.Add(model);
            }
        }

        return templates;
    }

    private static void CheckHandler(SymbolAnalysisContext context, Lazy<HandlerGraphRules> rules)
    {
        var method = (IMethodSymbol)context.Symbol;
        foreach (var attribute in HandlerAttribute.All)
        {
            if (method.FindAttribute(attribute.MetadataName) is not { } data)
                continue;
            var values = new ValueReader(context.Compilation, context.CancellationToken);
            if (HandlerParser.Parse(method, data, attribute, values, report: null, context.CancellationToken) is not { } handler)
                continue;
            foreach (var finding in rules.Value.Check(handler))
                context.ReportDiagnostic(Create(finding, method, data, context.CancellationToken));
        }
    }

    private static Diagnostic Create(GraphFinding finding, IMethodSymbol method, AttributeData data, CancellationToken cancellationToken)
    {
        var place = finding.Place switch
        {
            FindingPlace.Parameter => PlaceOfParameter(method, finding.Parameter!, cancellationToken),
            FindingPlace.WorkerTemplate => PlaceOfArgument(data, nameof(HandlerModel.WorkerTemplate), cancellationToken),
            _ => null,
        };
        var arguments = new object[finding.Arguments.Count];
        for (var i = 0; i < arguments.Length; i++)
            arguments[i] = finding.Arguments[i];
        return Diagnostic.Create(
            Rules.Get(finding.RuleId),
            place ?? method.Locations[0],
            ImmutableDictionary<string, string?>.Empty.Add(Suggestion, finding.Suggestion),
            arguments);
    }

    /// <summary>The name given in the parameter's attribute, or else the parameter.</summary>
    private static Location? PlaceOfParameter(IMethodSymbol method, string name, CancellationToken cancellationToken)
    {
        foreach (var parameter in method.Parameters)
        {
            if (parameter.Name != name)
                continue;
            var attribute = parameter.FindAttribute(KnownNames.FromStepAttribute);
            var syntax = attribute?.ApplicationSyntaxReference?.GetSyntax(cancellationToken) as AttributeSyntax;
            return syntax?.ArgumentList?.Arguments is [var first, ..] ? first.GetLocation()
                : parameter.Locations.Length > 0 ? parameter.Locations[0]
                : null;
        }

        return null;
    }

    private static Location? PlaceOfArgument(AttributeData data, string name, CancellationToken cancellationToken)
    {
        if (data.ApplicationSyntaxReference?.GetSyntax(cancellationToken) is not AttributeSyntax { ArgumentList: { } list })
            return null;
        foreach (var argument in list.Arguments)
        {
            if (argument.NameEquals?.Name.Identifier.ValueText == name)
                return argument.Expression.GetLocation();
        }

        return null;
    }
}
