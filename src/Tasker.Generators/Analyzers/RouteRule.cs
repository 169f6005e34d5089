using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Tasker.Generators.Diagnostics;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Parsing;

namespace Tasker.Generators.Analyzers;

/// <summary>The rules about <c>Decision.Route(...)</c> in a decision's handler: each named step exists and depends on the decision.</summary>
internal static class RouteRule
{
    /// <param name="context">Takes what is found.</param>
    /// <param name="method">The decision's handler.</param>
    /// <param name="handler">Its key.</param>
    /// <param name="rules">Knows the templates.</param>
    public static void Check(SymbolAnalysisContext context, IMethodSymbol method, string handler, HandlerGraphRules rules)
    {
        foreach (var operation in MethodBody.Operations(method, context.Compilation, context.CancellationToken))
        {
            if (operation is IInvocationOperation { TargetMethod.Name: "Route" } invocation && invocation.TargetMethod.ContainingType.Is(KnownNames.Decision))
                Check(context, invocation, handler, rules);
        }
    }

    private static void Check(SymbolAnalysisContext context, IInvocationOperation invocation, string handler, HandlerGraphRules rules)
    {
        foreach (var (graph, step) in rules.UsesOf(handler))
        {
            if (graph.Template.IsTruncated)
                continue;
            foreach (var argument in invocation.Arguments)
            {
                foreach (var operation in argument.DescendantsAndSelf())
                    CheckTarget(context, operation, graph, step);
            }
        }
    }

    private static void CheckTarget(SymbolAnalysisContext context, IOperation operation, StepGraph graph, StepModel decision)
    {
        var (name, target) = operation switch
        {
            { ConstantValue: { HasValue: true, Value: string text }, Parent: not { ConstantValue.HasValue: true } } => (text, graph.Find(text)),
            IMemberReferenceOperation { Member: { ContainingType: { Name: "Steps", ContainingType: not null } } member } reference when IsStep(reference) =>
                (member.Name, FindByMember(graph.Template, member.Name)),
            _ => (null, null),
        };
        if (name is null)
            return;
        if (target is null)
        {
            var names = new List<string>();
            foreach (var step in graph.Template.Steps)
                names.Add(step.Name);
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.UnknownRoute,
                operation.Syntax.GetLocation(),
                ImmutableDictionary<string, string?>.Empty.Add(TaskerGraphAnalyzer.Suggestion, NearestName.Find(name, names)),
                name,
                graph.Template.Name,
                NearestName.Hint(name, names)));
        }
        else if (!graph.IsAncestor(decision.Name, target))
        {
            context.ReportDiagnostic(Diagnostic.Create(
                Rules.IndependentRoute,
                operation.Syntax.GetLocation(),
                target.Name,
                decision.Name,
                graph.Template.Name));
        }
    }

    private static bool IsStep(IMemberReferenceOperation reference) => reference.Type.Is(KnownNames.StepRef) || reference.Type.Is(KnownNames.StepRefOfT);

    private static StepModel? FindByMember(TemplateModel template, string member)
    {
        foreach (var step in template.Steps)
        {
            if (Identifiers.ToPascalCase(step.Name) == member)
                return step;
        }

        return null;
    }
}
