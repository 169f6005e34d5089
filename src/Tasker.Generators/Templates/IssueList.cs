using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;

namespace Tasker.Generators.Templates;

/// <summary>Collects the issues of one file.</summary>
internal sealed class IssueList(string path, SourceText text)
{
    /// <summary>A file that is wrong everywhere need not be reported everywhere.</summary>
    private const int Most = 200;

    private readonly List<TemplateIssue> _issues = [];

    public SourceText Text { get; } = text;

    public void Add(string ruleId, TextSpan span, params string[] arguments)
    {
        if (_issues.Count < Most)
            _issues.Add(new TemplateIssue(ruleId, path, Range(span), [.. arguments]));
    }

    public SourceRange Range(TextSpan span) => SourceRange.Of(Text, span);

    public EquatableArray<TemplateIssue> ToEquatableArray() => _issues.ToEquatableArray();
}
