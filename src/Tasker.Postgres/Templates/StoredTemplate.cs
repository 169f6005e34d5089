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
    /// <summary>Separates step names where many travel as one text.</summary>
    private const char Separator = '\n';

    /// <summary>The names of the runnable steps, each between separators, so that one can be looked for.</summary>
    public string RunnableNames { get; } = Separator + string.Join(Separator, Runnable.Keys) + Separator;

    /// <summary>Whether a name can be looked for there.</summary>
    public static bool CanBeFound(string name) => name.Length > 0 && !name.Contains(Separator, StringComparison.Ordinal);

    /// <summary>The same question and the answer to it, as a condition.</summary>
    /// <param name="name">An expression, the name that is looked for.</param>
    /// <param name="names">An expression, <see cref="RunnableNames"/>.</param>
    public static string IsIn(string name, string names) =>
        $"{name} <> '' AND position(E'\\n' IN {name}) = 0 AND position(E'\\n' || {name} || E'\\n' IN {names}) > 0";
}
