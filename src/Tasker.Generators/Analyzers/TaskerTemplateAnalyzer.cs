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

/// <summary>
/// Says what is wrong with a class that declares a template, by the rules that hold for template files. An analyzer rather than the generator,
/// so that <c>#pragma</c> and <c>.editorconfig</c> work on it.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class TaskerTemplateAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } =
    [
        Rules.IncompleteTemplateClass, Rules.UnknownStep, Rules.DependencyCycle, Rules.DuplicateStep, Rules.NothingToConverge, Rules.AggregatorNotDeferred,
        Rules.DecisionWithoutDependency, Rules.WrongValue, Rules.DuplicateTemplate, Rules.ContradictoryRetry,
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
            start.RegisterSymbolAction(symbol => Check(symbol, files), SymbolKind.NamedType);
        });
    }

    private static void Check(SymbolAnalysisContext context, IReadOnlyList<ParsedTemplate> files)
    {
        var type = (INamedTypeSymbol)context.Symbol;
        if (type.FindAttribute(KnownNames.TaskTemplateAttribute) is not { } data)
            return;
        var cancellationToken = context.CancellationToken;
        var parsed = TemplateClassParser.Parse(type, data, Report, cancellationToken);
        if (TemplateClassShape.FindObstacle(type, cancellationToken) is { } obstacle)
            Report(Rules.IncompleteTemplateClass, type.Locations[0], type.ToDisplayString(SymbolExtensions.Message), obstacle);
        if (parsed.Model is not { } template)
            return;
        DependencyRules.Check(template, ReportStep);
        StepTypeRules.Check(new StepGraph(template), ReportStep);
        if (FindFirst(template, TemplateClassShape.Describe(type)) is { } first)
            Report(Rules.DuplicateTemplate, data.PlaceOfFirst(cancellationToken), template.Identity, first);

        void Report(DiagnosticDescriptor rule, Location? place, params string[] arguments) =>
            context.ReportDiagnostic(Diagnostic.Create(rule, place ?? type.Locations[0], [.. arguments]));

        void ReportStep(string ruleId, int index, int dependency, params string[] arguments)
        {
            var step = parsed.Steps[index];
            var place = dependency < 0 ? step.Place(cancellationToken) : step.Place(step.Dependencies[dependency], cancellationToken);

            // What a parameter reads is the business of the rules about handlers.
            if (ruleId != RuleIds.UnknownStep || step.Dependencies[dependency].Reader is null)
                Report(Rules.Get(ruleId), place, arguments);
        }

        string? FindFirst(TemplateModel duplicate, TemplateClassModel self)
        {
            foreach (var file in files)
            {
                if (file.Model!.Identity == duplicate.Identity)
                    return Path.GetFileName(file.Path);
            }

            foreach (var other in HandlerSets.Of(context.Compilation, cancellationToken).Own.Templates)
            {
                if (other.Class.Namespace == self.Namespace && other.Class.Name == self.Name)
                    return null;
                if (other.Template.Identity == duplicate.Identity)
                    return other.Class.Name;
            }

            return null;
        }
    }
}
