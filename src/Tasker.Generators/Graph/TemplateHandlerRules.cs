using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;
using Tasker.Generators.Templates;

namespace Tasker.Generators.Graph;

/// <summary>
/// The rules about how a template's steps fit their handlers, located in the template. A handler may live in another assembly or, for
/// tasker-core, in another language; so a callable without one is a mistake only in a program, or when a handler is called almost the same.
/// </summary>
internal static class TemplateHandlerRules
{
    public static IReadOnlyList<TemplateIssue> Check(ParsedTemplate parsed, HandlerMap handlers)
    {
        var issues = new List<TemplateIssue>();
        if (parsed.Model is not { } template)
            return issues;
        for (var i = 0; i < template.Steps.Count; i++)
        {
            var step = template.Steps[i];
            if (handlers.Find(step) is { } handler)
            {
                if (handler.Kind is { } kind && !Fits(step.Type, kind))
                    Add(RuleIds.WrongStepType, parsed.Steps[i], step.Name, TypeName(step.Type), step.Callable, Attribute(kind), Expected(kind));
            }
            else if (handlers.IsMissing(step))
            {
                var hint = Hint(step, handlers);
                if (handlers.IsHost || hint.Length > 0)
                    Add(RuleIds.MissingHandler, parsed.Callables[i], step.Name, Name(step), hint);
            }
        }

        return issues;

        void Add(string rule, SourceRange place, params string[] arguments) => issues.Add(new TemplateIssue(rule, parsed.Path, place, [.. arguments]));
    }

    /// <summary>With a method the callable may be right, and only the method misspelt.</summary>
    private static string Hint(StepModel step, HandlerMap handlers) =>
        step.Method is { Length: > 0 } method && NearestName.Find(method, handlers.MethodsOf(step.Callable)) is { } nearest
            ? $" Did you mean the method '{nearest}'?"
            : NearestName.Hint(step.Callable, handlers.Callables);

    private static string Name(StepModel step) => step.Method is { Length: > 0 } method ? $"{step.Callable}' with Method = '{method}" : step.Callable;

    private static bool Fits(string type, HandlerKind kind) => kind switch
    {
        HandlerKind.Decision => type == "Decision",
        HandlerKind.BatchAnalyzer => type == "Batchable",
        HandlerKind.BatchWorker => type == "BatchWorker",
        _ => type is "Standard" or "DeferredConvergence",
    };

    private static string Expected(HandlerKind kind) => kind switch
    {
        HandlerKind.Decision => "decision",
        HandlerKind.BatchAnalyzer => "batchable",
        HandlerKind.BatchWorker => "batch_worker",
        _ => "standard or deferred_convergence",
    };

    private static string Attribute(HandlerKind kind) => kind is HandlerKind.Step ? "StepHandler" : kind.ToString();

    private static string TypeName(string type) => type switch
    {
        "DeferredConvergence" => "deferred_convergence",
        "BatchWorker" => "batch_worker",
        _ => type.ToLowerInvariant(),
    };
}
