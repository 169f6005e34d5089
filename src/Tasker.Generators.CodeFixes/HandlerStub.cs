using System.Text;
using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.CodeFixes;

/// <summary>Writes the beginning of a handler: the attribute for the step's type, a parameter for each dependency, the result that others read.</summary>
/// <param name="graph">The step's template.</param>
/// <param name="handlers">What the handlers that are there take and return.</param>
/// <param name="hasAnnotations">Whether references can be marked nullable where the handler will be.</param>
internal sealed class HandlerStub(StepGraph graph, HandlerTypes handlers, bool hasAnnotations)
{
    private const string Element = "global::System.Text.Json.JsonElement";

    /// <summary>The method in C#, with names from the global namespace.</summary>
    public string Write(StepModel step, string name, bool isStatic)
    {
        var parameters = new List<string>();
        if (step.Type == "BatchWorker")
            parameters.Add("global::Tasker.BatchContext batch");
        foreach (var dependency in step.Dependencies)
        {
            if (graph.Find(dependency) is { } source && Parameter(source, step) is { } parameter)
                parameters.Add(parameter);
        }

        return $$"""
            [{{Attribute(step)}}]
            public {{(isStatic ? "static " : "")}}{{Result(step)}} {{name}}({{string.Join(", ", parameters)}})
            {
                throw new global::System.NotImplementedException();
            }
            """;
    }

    private string Attribute(StepModel step)
    {
        var (attribute, isAnalyzer) = step.Type switch
        {
            "Decision" => (KnownNames.DecisionAttribute, false),
            "Batchable" => (KnownNames.BatchAnalyzerAttribute, true),
            "BatchWorker" => (KnownNames.BatchWorkerAttribute, false),
            _ => (KnownNames.StepHandlerAttribute, false),
        };
        var text = new StringBuilder(KnownNames.Global(attribute)).Append('(').Append(Identifiers.Literal(step.Callable));
        if (isAnalyzer)
            text.Append(", WorkerTemplate = ").Append(Identifiers.Literal(FindWorker(step)));
        if (step.Method is { Length: > 0 } method and not "call")
            text.Append(", Method = ").Append(Identifiers.Literal(method));
        return text.Append(')').ToString();
    }

    /// <summary>The batch worker that waits for the analyzer.</summary>
    private string FindWorker(StepModel analyzer)
    {
        foreach (var step in graph.Template.Steps)
        {
            if (step.Type == "BatchWorker" && graph.IsAncestor(analyzer.Name, step))
                return step.Name;
        }

        return analyzer.Batch?.WorkerTemplate ?? "";
    }

    private string Result(StepModel step)
    {
        var isWorker = step.Type == "BatchWorker";
        var reader = handlers.FindReader(graph.Template, step, isWorker)?.TypeName;
        return step.Type switch
        {
            "Decision" => KnownNames.Global(KnownNames.Decision),
            "Batchable" => KnownNames.Global(KnownNames.BatchPlan),
            "BatchWorker" => KnownNames.Global(KnownNames.BatchResult) + (reader is null ? "" : $"<{reader}>"),
            _ => reader ?? Element,
        };
    }

    private string? Parameter(StepModel source, StepModel step)
    {
        var type = Element;
        var isValueType = true;
        if (handlers.FindOutcome(source) is { } outcome)
        {
            // A step that gives nothing is waited for, not read.
            if (outcome.Value is not { Type: var result })
                return null;
            type = result.TypeName;
            isValueType = !result.IsReferenceType;
        }
        else if (source.Type is "Decision" or "Batchable")
        {
            return null;
        }

        if (source.Type == "BatchWorker" && step.Type != "BatchWorker")
            type = $"global::Tasker.BatchResults<{type}>";
        else if (!graph.IsGuaranteed(source.Name, step) && (isValueType || hasAnnotations) && !type.EndsWith("?", StringComparison.Ordinal))
            type += "?";
        var name = Name(source.Name);
        var attribute = SnakeCase.Convert(name) == source.Name ? "" : $"({Identifiers.Literal(source.Name)})";
        return $"[global::Tasker.FromStep{attribute}] {type} {Identifiers.Escape(name)}";
    }

    private static string Name(string step)
    {
        var pascal = Identifiers.ToPascalCase(step);
        return char.ToLowerInvariant(pascal[0]) + pascal.Substring(1);
    }
}
