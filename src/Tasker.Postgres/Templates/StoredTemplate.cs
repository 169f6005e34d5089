using System.Collections.Frozen;
using Tasker.Templates;

namespace Tasker.Postgres.Templates;

/// <summary>One readable state of a row in <c>named_tasks</c>.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="UpdatedAt">When that state was written; another time means that the row has to be read again.</param>
/// <param name="Template">What the row says.</param>
/// <param name="Runnable">The steps that this host takes on.</param>
internal sealed record StoredTemplate(Guid Id, DateTime UpdatedAt, TaskTemplate Template, FrozenDictionary<string, StepDefinition> Runnable)
{
    /// <summary>Separates step names where many travel as one text; no name holds a line break.</summary>
    private const char Separator = '\n';

    /// <summary>The names of the runnable steps, each between separators, so that one can be looked for.</summary>
    public string RunnableNames { get; } = Separator + string.Join(Separator, Runnable.Keys) + Separator;
}
