using Tasker.Generators.Graph;
using Tasker.Generators.Infrastructure;
using Tasker.Generators.Json;
using Tasker.Generators.Models;

namespace Tasker.Generators.CodeFixes;

/// <summary>What each step gives, and what others expect of it, as the handlers of a project and of its references say.</summary>
internal sealed class HandlerTypes
{
    private readonly Dictionary<string, OutcomeModel?> _outcomes = new(StringComparer.Ordinal);
    private readonly Dictionary<string, EquatableArray<ParameterModel>> _parameters = new(StringComparer.Ordinal);

    public HandlerTypes(HandlerSets handlers)
    {
        foreach (var handler in handlers.Referenced.Distinct())
            (_outcomes[handler.Key], _parameters[handler.Key]) = (handler.Outcome, handler.Parameters);
        foreach (var handler in handlers.Own.Registered)
            (_outcomes[handler.Key], _parameters[handler.Key]) = (handler.Outcome, handler.Parameters);
    }

    /// <summary>What the handler of a step returns, if there is one and its type can be used.</summary>
    public OutcomeModel? FindOutcome(StepModel step) => _outcomes.TryGetValue(HandlerModel.KeyOf(step.Callable, step.Method), out var outcome) ? outcome : null;

    /// <summary>The type that the first handler which reads a step reads it as, null aside.</summary>
    public TypeRef? FindReader(TemplateModel template, StepModel step, bool isBatch)
    {
        var source = isBatch ? ParameterSource.Batches : ParameterSource.Step;
        foreach (var candidate in template.Steps)
        {
            if (!_parameters.TryGetValue(HandlerModel.KeyOf(candidate.Callable, candidate.Method), out var parameters))
                continue;
            foreach (var parameter in parameters)
            {
                if (parameter.Source == source && parameter.Binding == step.Name && parameter.Value is { Type: var type })
                    return type.Underlying ?? type;
            }
        }

        return null;
    }
}
