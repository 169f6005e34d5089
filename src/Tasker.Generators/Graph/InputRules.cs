using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.Graph;

/// <summary>How what handlers read of a task's context fits a template: its schema, and what other handlers read in the same task.</summary>
/// <param name="graph">The template.</param>
/// <param name="models">The types by class name.</param>
internal sealed class InputRules(StepGraph graph, IReadOnlyDictionary<string, JsonTypeModel> models)
{
    private readonly List<Reader> _readers = [];
    private readonly Dictionary<(string Key, string Parameter), int> _ranks = [];

    /// <summary>Adds the handler of a step, in the order of the steps.</summary>
    /// <param name="step">The step.</param>
    /// <param name="key">The handler's key.</param>
    /// <param name="name">The handler's name in messages.</param>
    /// <param name="isReferenced">Whether the handler is of another assembly.</param>
    /// <param name="parameters">The handler's parameters.</param>
    public void Add(StepModel step, string key, string name, bool isReferenced, EquatableArray<ParameterModel> parameters)
    {
        foreach (var parameter in parameters)
        {
            if (parameter.Source is not (ParameterSource.Input or ParameterSource.WholeInput))
                continue;
            if (!_ranks.TryGetValue((key, parameter.Name), out var rank))
                _ranks.Add((key, parameter.Name), rank = _ranks.Count);
            _readers.Add(new Reader(step, name, isReferenced, parameter, rank));
        }
    }

    /// <returns>Why what a parameter of a step's handler reads does not fit, or <see langword="null"/> when it does.</returns>
    public string? FindMismatch(ParameterModel parameter, StepModel step)
    {
        var comparer = new InputComparer(models);
        if (comparer.FindMismatch(graph.Template.Inputs, parameter) is { } declared)
            return $"'{declared.Path}' is declared as {declared.One} in the template's input_schema and read as {declared.Other}";
        if (_readers.Find(reader => ReferenceEquals(reader.Step, step) && reader.Parameter.Equals(parameter)) is not { } reader)
            return null;
        foreach (var other in _readers)
        {
            // What the schema contradicts is reported for that.
            if (reader.YieldsTo(other)
                && comparer.FindMismatch(parameter, other.Parameter) is { } read
                && graph.RunTogether(step, other.Step)
                && comparer.FindMismatch(graph.Template.Inputs, other.Parameter) is null)
            {
                return $"'{read.Path}' is read as {read.One} by '{reader.Handler}' and as {read.Other} by the parameter '{other.Parameter.Name}' of '{other.Handler}'";
            }
        }

        return null;
    }

    /// <summary>A parameter that reads the context, for one of the steps that its handler serves.</summary>
    private sealed record Reader(StepModel Step, string Handler, bool IsReferenced, ParameterModel Parameter, int Rank)
    {
        /// <summary>Whether it is this one that is reported when the two do not fit: that of the project, or else the later one.</summary>
        public bool YieldsTo(Reader other) => IsReferenced == other.IsReferenced ? other.Rank < Rank : other.IsReferenced;
    }
}
