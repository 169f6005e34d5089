using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Graph;

/// <summary>What part of a handler a finding is about.</summary>
internal enum FindingPlace
{
    /// <summary>The method's name.</summary>
    Method,

    /// <summary>The attribute's <c>WorkerTemplate</c>.</summary>
    WorkerTemplate,

    /// <summary>The parameter called <see cref="GraphFinding.Parameter"/>.</summary>
    Parameter,
}

/// <summary>A rule that a handler breaks in one of the templates that use it, as data.</summary>
/// <param name="RuleId">The rule.</param>
/// <param name="Place">What it is about.</param>
/// <param name="Parameter">The parameter, when it is about one.</param>
/// <param name="Suggestion">The name that was probably meant, for a code fix.</param>
/// <param name="Arguments">What the rule's message is about.</param>
internal sealed record GraphFinding(string RuleId, FindingPlace Place, string? Parameter, string? Suggestion, EquatableArray<string> Arguments)
{
    /// <summary>The dependency that would mend it, for a code fix.</summary>
    public MissingDependency? Missing { get; init; }

    /// <summary>The same, with the parameter's method in the message.</summary>
    public GraphFinding Of(string method)
    {
        var arguments = Arguments.AsSpan().ToArray();
        arguments[0] = $"{arguments[0]}' of '{method}";
        return this with { Arguments = EquatableArray.Create<string>(arguments) };
    }
}

/// <summary>A dependency that a step should have.</summary>
/// <param name="Template">The template's identity.</param>
/// <param name="Step">The step that should wait.</param>
/// <param name="Dependency">The step it should wait for.</param>
internal sealed record MissingDependency(string Template, string Step, string Dependency);
