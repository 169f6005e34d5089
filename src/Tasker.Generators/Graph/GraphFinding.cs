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
internal sealed record GraphFinding(string RuleId, FindingPlace Place, string? Parameter, string? Suggestion, EquatableArray<string> Arguments);
