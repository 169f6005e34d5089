using Tasker.Generators.Diagnostics;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>
/// The rules about how a handler fits the templates that use it. Pure: models in, findings out. What the compiler cannot see (a handler of
/// another language, or the types of one of another assembly) is silent, never a false alarm.
/// </summary>
internal sealed class HandlerGraphRules
{
    private readonly List<StepGraph> _templates = [];
    private readonly Dictionary<string, List<(StepGraph Graph, StepModel Step)>> _uses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, OutcomeModel> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ReferencedHandler> _referenced = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonTypeModel> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<StepGraph, InputRules> _inputs = [];
    private readonly HandlerMap _all;

    /// <param name="files">The templates that files declare.</param>
    /// <param name="handlers">The handlers, and the templates that classes declare.</param>
    /// <param name="all">With the handlers of referenced assemblies.</param>
    /// <param name="referenced">The handlers of referenced assemblies.</param>
    public HandlerGraphRules(IEnumerable<TemplateModel> files, HandlerSet handlers, HandlerMap all, ReferencedHandlers referenced)
    {
        _all = all;
        foreach (var template in files)
            _templates.Add(new StepGraph(template));
        foreach (var template in handlers.Templates)
            _templates.Add(new StepGraph(template.Template));
        foreach (var assembly in referenced.Assemblies)
        {
            foreach (var type in assembly.Types)
                _types[type.ClassName] = type;
        }

        var own = new Dictionary<string, HandlerModel>(StringComparer.Ordinal);
        foreach (var handler in referenced.Distinct())
        {
            _referenced.Add(handler.Key, handler);
            if (handler.Outcome is { } outcome)
                _outcomes.Add(handler.Key, outcome);
        }

        foreach (var handler in handlers.Registered)
        {
            _referenced.Remove(handler.Key);
            _outcomes[handler.Key] = handler.Outcome;
            own.Add(handler.Key, handler);
        }

        foreach (var type in handlers.Serializers)
            _types[type.ClassName] = type;
        foreach (var graph in _templates)
        {
            var inputs = new InputRules(graph, _types);
            foreach (var step in graph.Template.Steps)
            {
                var key = HandlerModel.KeyOf(step.Callable, step.Method);
                if (!_uses.TryGetValue(key, out var uses))
                    _uses.Add(key, uses = []);
                uses.Add((graph, step));
                if (own.TryGetValue(key, out var handler))
                    inputs.Add(step, key, handler.DisplayName, isReferenced: false, handler.Parameters);
                else if (_referenced.TryGetValue(key, out var elsewhere))
                    inputs.Add(step, key, elsewhere.DisplayName, isReferenced: true, elsewhere.Parameters);
            }

            _inputs.Add(graph, inputs);
        }
    }

    /// <summary>Whether there is no template, so that no handler can fail to fit.</summary>
    public bool IsEmpty => _templates.Count == 0;

    /// <summary>The steps that a handler serves, each with its template's graph.</summary>
    public IReadOnlyList<(StepGraph Graph, StepModel Step)> UsesOf(string handlerKey) => _uses.TryGetValue(handlerKey, out var uses) ? uses : [];

    /// <summary>
    /// The steps without a handler of the templates that some of these handlers serve: a step for each callable, in the template's order.
    /// </summary>
    public IEnumerable<(TemplateModel Template, IReadOnlyList<StepModel> Steps)> MissingBeside(ICollection<string> handlerKeys)
    {
        var served = new HashSet<StepGraph>();
        foreach (var handlerKey in handlerKeys)
        {
            foreach (var (graph, _) in UsesOf(handlerKey))
                served.Add(graph);
        }

        if (served.Count == 0)
            yield break;
        foreach (var graph in _templates)
        {
            if (!served.Contains(graph))
                continue;
            var seen = new HashSet<string>(StringComparer.Ordinal);
            var missing = new List<StepModel>();
            foreach (var step in graph.Template.Steps)
            {
                if (_all.IsMissing(step) && seen.Add(HandlerModel.KeyOf(step.Callable, step.Method)))
                    missing.Add(step);
            }

            if (missing.Count > 0)
                yield return (graph.Template, missing);
        }
    }

    /// <summary>All that is wrong with one handler; each parameter's first problem only.</summary>
    public IReadOnlyList<GraphFinding> Check(HandlerModel handler)
    {
        var findings = new List<GraphFinding>();
        var isUsed = false;
        var settled = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (graph, step) in UsesOf(handler.Key))
        {
            isUsed = true;
            if (graph.Template.IsTruncated)
                continue;
            CheckUse(handler.WorkerTemplate, handler.Parameters, graph, step, settled, findings);
        }

        if (!isUsed && !IsEmpty && !_templates.Exists(static graph => graph.Template.IsTruncated))
            findings.Add(new GraphFinding(RuleIds.UnusedHandler, FindingPlace.Method, null, null, [handler.DisplayName, handler.Callable]));
        return findings;
    }

    /// <summary>What is wrong with a step of one of the templates whose handler is of another assembly, so that only the template can be mended from here. The parameters are named with their method.</summary>
    public IReadOnlyList<GraphFinding> Check(TemplateModel template, StepModel step)
    {
        var graph = _templates.Find(graph => ReferenceEquals(graph.Template, template));
        if (graph is null || template.IsTruncated || !_referenced.TryGetValue(HandlerModel.KeyOf(step.Callable, step.Method), out var handler))
            return [];
        var findings = new List<GraphFinding>();
        CheckUse(handler.WorkerTemplate, handler.Parameters, graph, step, settled: [], findings);
        return findings.ConvertAll(finding => finding.Place is FindingPlace.Parameter ? finding.Of(handler.DisplayName) : finding);
    }

    private void CheckUse(
        string? workerTemplate, EquatableArray<ParameterModel> parameters, StepGraph graph, StepModel step, HashSet<string> settled, List<GraphFinding> findings)
    {
        if (workerTemplate is { Length: > 0 } worker)
            CheckWorkerTemplate(worker, graph, settled, findings);
        foreach (var parameter in parameters)
            CheckParameter(parameter, graph, step, settled, findings);
    }

    private static void CheckWorkerTemplate(string worker, StepGraph graph, HashSet<string> settled, List<GraphFinding> findings)
    {
        var step = graph.Find(worker);
        if (step is { Type: "BatchWorker" } || !settled.Add(""))
            return;
        var names = new List<string>();
        foreach (var candidate in graph.Template.Steps)
        {
            if (candidate.Type == "BatchWorker")
                names.Add(candidate.Name);
        }

        findings.Add(new GraphFinding(
            RuleIds.WrongWorkerTemplate,
            FindingPlace.WorkerTemplate,
            Parameter: null,
            NearestName.Find(worker, names),
            [worker, graph.Template.Name, step is null ? "has no such step" : "has it with another type", NearestName.Hint(worker, names)]));
    }

    private void CheckParameter(ParameterModel parameter, StepGraph graph, StepModel step, HashSet<string> settled, List<GraphFinding> findings)
    {
        if (settled.Contains(parameter.Name))
            return;
        var problem = parameter.Source switch
        {
            ParameterSource.Step or ParameterSource.Batches when parameter.Binding.Length > 0 => FindProblem(parameter, graph, step),
            ParameterSource.Input or ParameterSource.WholeInput => FindInputProblem(parameter, graph, step),
            _ => null,
        };
        if (problem is null)
            return;
        settled.Add(parameter.Name);
        findings.Add(problem);
    }

    private GraphFinding? FindProblem(ParameterModel parameter, StepGraph graph, StepModel step)
    {
        var template = graph.Template;
        if (graph.Find(parameter.Binding) is not { } source)
        {
            var names = new List<string>();
            foreach (var candidate in template.Steps)
                names.Add(candidate.Name);
            return new GraphFinding(
                RuleIds.UnknownStepRead,
                FindingPlace.Parameter,
                parameter.Name,
                NearestName.Find(parameter.Binding, names),
                [parameter.Name, parameter.Binding, template.Name, NearestName.Hint(parameter.Binding, names)]);
        }

        if (!graph.IsAncestor(source.Name, step))
        {
            // A dependency the other way round would only make a cycle of it.
            var isCycle = source.Name == step.Name || graph.IsAncestor(step.Name, source);
            return Finding(RuleIds.NotAnAncestor, parameter, [parameter.Name, source.Name, step.Name, template.Name]) with
            {
                Missing = isCycle ? null : new MissingDependency(template.Identity, step.Name, source.Name),
            };
        }

        if (parameter.Source is ParameterSource.Step && parameter.Default is null && !graph.IsGuaranteed(source.Name, step))
            return Finding(RuleIds.OptionalBranch, parameter, [parameter.Name, source.Name, step.Name, template.Name]);
        return FindMismatch(parameter, source) is { } mismatch
            ? Finding(RuleIds.ResultMismatch, parameter, [parameter.Name, parameter.Value!.Type.DisplayName, source.Name, mismatch])
            : null;
    }

    private string? FindMismatch(ParameterModel parameter, StepModel source)
    {
        if (!_outcomes.TryGetValue(HandlerModel.KeyOf(source.Callable, source.Method), out var outcome) || parameter.Value is not { } read)
            return null;
        if (outcome.Shape is OutcomeShape.Nothing or OutcomeShape.Failure)
            return read.Type.IsObject || read.IsElement ? null : "the step returns nothing";
        if (outcome.Value is not { } written)
            return null;

        return new ShapeComparer(_types, isCarried: outcome.Shape is not OutcomeShape.Value).FindMismatch(written.Type, read.Type);
    }

    private GraphFinding? FindInputProblem(ParameterModel parameter, StepGraph graph, StepModel step) =>
        _inputs[graph].FindMismatch(parameter, step) is { } mismatch
            ? Finding(RuleIds.InputMismatch, parameter, [parameter.Name, parameter.Value!.Type.DisplayName, graph.Template.Name, mismatch])
            : null;

    private static GraphFinding Finding(string rule, ParameterModel parameter, EquatableArray<string> arguments) =>
        new(rule, FindingPlace.Parameter, parameter.Name, Suggestion: null, arguments);
}
