using System.Collections.Immutable;
using System.Text;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Analyzers;
using Tasker.Generators.Tests.Infrastructure;
using Tasker.Hosting;

namespace Tasker.Generators.Tests.Projects;

/// <summary>Compiles a project as the SDK does: with the generator, all analyzers and every warning the compiler has.</summary>
internal static class CompiledProject
{
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(StepContext).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(TaskerBuilder).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection).Assembly.Location),
    ];

    /// <summary>The project's own sources, without anything generated.</summary>
    public static CSharpCompilation Create(Project project)
    {
        var parsing = Parsing(project);
        return CSharpCompilation.Create(
            project.Name,
            project.Sources.Select((source, i) => CSharpSyntaxTree.ParseText(SourceText.From(source, Encoding.UTF8), parsing, $"/src/{i}.cs")),
            project.SharesLibrary ? References.Add(SharedLibrary.Reference) : References,
            new CSharpCompilationOptions(
                project.IsExecutable ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary,
                allowUnsafe: true,
                checkOverflow: project.IsChecked,
                warningLevel: 9999,
                nullableContextOptions: project.IsNullable ? NullableContextOptions.Enable : NullableContextOptions.Disable));
    }

    /// <summary>All that is wrong with the project once it has what is generated for it.</summary>
    public static async Task<List<Diagnostic>> FindProblemsAsync(Project project, CSharpCompilation own) => (await GenerateAsync(project, own)).Problems;

    /// <summary>The project with what is generated for it, and all that is wrong with it.</summary>
    public static async Task<(Compilation Output, List<Diagnostic> Problems)> GenerateAsync(Project project, CSharpCompilation own)
    {
        var problems = new List<Diagnostic>();
        var output = Generate(project, own, problems);
        problems.AddRange(Problems(output));
        problems.AddRange(await AnalyzeAsync(project, output));
        return (output, problems);
    }

    /// <summary>Runs the generator; what it says is added to <paramref name="problems"/>.</summary>
    private static Compilation Generate(Project project, CSharpCompilation compilation, List<Diagnostic> problems)
    {
        var driver = CSharpGeneratorDriver.Create(
            [new TaskerGenerator().AsSourceGenerator()],
            project.Templates.Select(template => new GeneratorHost.TemplateText(template.Path, template.Text)),
            Parsing(project),
            new RootNamespaceOptions(project.RootNamespace));
        driver.RunGeneratorsAndUpdateCompilation(compilation, out var output, out var diagnostics);
        problems.AddRange(diagnostics.Where(IsProblem));
        return output;
    }

    /// <summary>Errors anywhere, and warnings in what was generated.</summary>
    private static IEnumerable<Diagnostic> Problems(Compilation output) => output.GetDiagnostics()
        .Where(diagnostic => diagnostic.Severity is DiagnosticSeverity.Error || (diagnostic.Severity is DiagnosticSeverity.Warning && IsGenerated(diagnostic)));

    private static async Task<IEnumerable<Diagnostic>> AnalyzeAsync(Project project, Compilation output)
    {
        var texts = project.Templates.Select(template => (AdditionalText)new GeneratorHost.TemplateText(template.Path, template.Text));
        var diagnostics = await output
            .WithAnalyzers(
                [new TaskerHandlerAnalyzer(), new TaskerGraphAnalyzer(), new TaskerSafetyAnalyzer(), new TaskerTemplateAnalyzer()],
                new AnalyzerOptions([.. texts], new RootNamespaceOptions(project.RootNamespace)))
            .GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        return diagnostics.Where(diagnostic => diagnostic.Id == "AD0001" || IsProblem(diagnostic));
    }

    private static bool IsProblem(Diagnostic diagnostic) => diagnostic.Severity is DiagnosticSeverity.Error || !diagnostic.Id.StartsWith("TSKR", StringComparison.Ordinal);

    private static bool IsGenerated(Diagnostic diagnostic) => diagnostic.Location.SourceTree is { } tree && !tree.FilePath.StartsWith("/src/", StringComparison.Ordinal);

    private static CSharpParseOptions Parsing(Project project) => new(project.Language, DocumentationMode.Diagnose);

    private sealed class RootNamespaceOptions(string root) : AnalyzerConfigOptionsProvider
    {
        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values(("build_property.RootNamespace", root), ("build_property.TaskerEmitTemplates", "true"));

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values();

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(("build_metadata.AdditionalFiles.TaskerTemplate", "true"));

        private sealed class Values(params (string Key, string Value)[] values) : AnalyzerConfigOptions
        {
            public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
            {
                value = values.FirstOrDefault(item => item.Key == key).Value;
                return value is not null;
            }
        }
    }
}
