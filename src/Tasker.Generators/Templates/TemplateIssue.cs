using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Templates;

/// <summary>Something wrong in a template file, as data.</summary>
/// <param name="RuleId">The rule that is broken.</param>
/// <param name="Path">The file.</param>
/// <param name="Range">The place in it.</param>
/// <param name="Arguments">What the rule's message is about.</param>
internal sealed record TemplateIssue(string RuleId, string Path, SourceRange Range, EquatableArray<string> Arguments);
