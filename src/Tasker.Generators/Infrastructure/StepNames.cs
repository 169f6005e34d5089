namespace Tasker.Generators.Infrastructure;

/// <summary>The names of the pipeline's steps, for tests that prove what is computed again and what is not.</summary>
internal static class StepNames
{
    public const string CompilationFacts = "Tasker.CompilationFacts";
    public const string Declarations = "Tasker.Declarations";
    public const string HandlerSet = "Tasker.HandlerSet";
    public const string Handlers = "Tasker.Handlers";
    public const string ReferencedHandlers = "Tasker.ReferencedHandlers";
    public const string HandlerMap = "Tasker.HandlerMap";
    public const string Serializers = "Tasker.Serializers";
    public const string ParsedTemplates = "Tasker.ParsedTemplates";
    public const string TemplateNames = "Tasker.TemplateNames";
    public const string TemplateSources = "Tasker.TemplateSources";
    public const string TemplateIssues = "Tasker.TemplateIssues";
    public const string HandlerIssues = "Tasker.HandlerIssues";
    public const string TemplateClasses = "Tasker.TemplateClasses";
    public const string TemplateYaml = "Tasker.TemplateYaml";
    public const string Manifest = "Tasker.Manifest";
    public const string Registry = "Tasker.Registry";
    public const string Hosting = "Tasker.Hosting";

    /// <summary>All of them.</summary>
    public static readonly string[] All =
    [
        CompilationFacts, Declarations, HandlerSet, Handlers, ReferencedHandlers, HandlerMap, Serializers, ParsedTemplates, TemplateNames, TemplateSources,
        TemplateIssues, HandlerIssues, TemplateClasses, TemplateYaml, Manifest, Registry, Hosting,
    ];
}
