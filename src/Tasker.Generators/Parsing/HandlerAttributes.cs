using Microsoft.CodeAnalysis;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Models;

namespace Tasker.Generators.Parsing;

/// <summary>An attribute that makes a handler.</summary>
/// <param name="MetadataName">Its full name.</param>
/// <param name="Kind">The kind of handler.</param>
/// <param name="DisplayName">Its name in source.</param>
internal sealed record HandlerAttribute(string MetadataName, HandlerKind Kind, string DisplayName)
{
    public static readonly HandlerAttribute Step = new(KnownNames.StepHandlerAttribute, HandlerKind.Step, "StepHandler");
    public static readonly HandlerAttribute Decision = new(KnownNames.DecisionAttribute, HandlerKind.Decision, "Decision");
    public static readonly HandlerAttribute BatchAnalyzer = new(KnownNames.BatchAnalyzerAttribute, HandlerKind.BatchAnalyzer, "BatchAnalyzer");
    public static readonly HandlerAttribute BatchWorker = new(KnownNames.BatchWorkerAttribute, HandlerKind.BatchWorker, "BatchWorker");

    public static readonly HandlerAttribute Api = new(KnownNames.ApiHandlerAttribute, HandlerKind.Step, "ApiHandler");

    public static readonly HandlerAttribute[] All = [Step, Decision, BatchAnalyzer, BatchWorker, Api];

    /// <summary>The key of the handler that a method is, or <see langword="null"/> when it is none.</summary>
    public static string? FindKey(IMethodSymbol method)
    {
        foreach (var attribute in All)
        {
            if (method.FindAttribute(attribute.MetadataName) is { } data && KeyOf(data) is { } key)
                return key;
        }

        return null;
    }

    /// <summary>The key of the handler that such an attribute makes.</summary>
    public static string? KeyOf(AttributeData data) =>
        data.FirstText() is { Length: > 0 } callable ? HandlerModel.KeyOf(callable, data.NamedText("Method")) : null;
}
