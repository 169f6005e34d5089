using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Tasker.Generators.CodeFixes.Tests;

/// <summary>A project as an editor has it: runs an analyzer over it and applies the fixes that are offered.</summary>
internal sealed class FixHost : IDisposable
{
    private static readonly ImmutableArray<MetadataReference> References =
        [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(StepContext).Assembly.Location)];

    private readonly AdhocWorkspace _workspace = new();
    private readonly DiagnosticAnalyzer _analyzer;
    private readonly CodeFixProvider _fix;
    private readonly DocumentId _source;
    private readonly DocumentId? _template;
    private Solution _solution;

    public FixHost(DiagnosticAnalyzer analyzer, CodeFixProvider fix, string source, string? template = null, NullableContextOptions nullable = NullableContextOptions.Enable, string? second = null, string? library = null)
    {
        (_analyzer, _fix) = (analyzer, fix);
        var project = ProjectId.CreateNewId();
        _source = DocumentId.CreateNewId(project);
        _solution = _workspace.CurrentSolution
            .AddProject(ProjectInfo.Create(
                project,
                VersionStamp.Default,
                "Shop",
                "Shop",
                LanguageNames.CSharp,
                compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: nullable),
                parseOptions: new CSharpParseOptions(LanguageVersion.CSharp14),
                metadataReferences: library is null ? References : [.. References, Compile(library)]))
            .AddDocument(_source, "Shop.cs", SourceText.From(source), filePath: "Shop.cs");
        if (template is null)
            return;
        _template = DocumentId.CreateNewId(project);
        _solution = _solution.AddAdditionalDocument(_template, "shop.workflow.yaml", SourceText.From(template), filePath: "shop.workflow.yaml");
        if (second is not null)
            _solution = _solution.AddAdditionalDocument(DocumentId.CreateNewId(project), "second.workflow.yaml", SourceText.From(second), filePath: "second.workflow.yaml");
    }

    private Project Project => _solution.GetDocument(_source)!.Project;

    public async Task<string> SourceAsync() => (await _solution.GetDocument(_source)!.GetTextAsync()).ToString();

    public async Task<string> TemplateAsync() => (await _solution.GetAdditionalDocument(_template!)!.GetTextAsync()).ToString();

    /// <summary>The diagnostics that the fix is for.</summary>
    public async Task<Diagnostic[]> DiagnosticsAsync()
    {
        var compilation = (await Project.GetCompilationAsync())!;
        var diagnostics = await compilation.WithAnalyzers([_analyzer], Project.AnalyzerOptions).GetAnalyzerDiagnosticsAsync(CancellationToken.None);
        Assert.DoesNotContain(diagnostics, diagnostic => diagnostic.Id == "AD0001");
        return [.. diagnostics.Where(diagnostic => _fix.FixableDiagnosticIds.Contains(diagnostic.Id)).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start)];
    }

    /// <summary>The compiler's own errors and warnings.</summary>
    public async Task<string[]> ProblemsAsync() =>
        [.. (await Project.GetCompilationAsync())!.GetDiagnostics().Where(problem => problem.Severity >= DiagnosticSeverity.Warning).Select(problem => problem.ToString())];

    /// <summary>The titles of what is offered for the first diagnostic.</summary>
    public async Task<string[]> OfferedAsync() => [.. (await ActionsAsync()).Select(action => action.Title)];

    /// <summary>Applies the one fix that is offered for the first diagnostic.</summary>
    public async Task ApplyAsync() => await ApplyAsync(Assert.Single(await ActionsAsync()));

    /// <summary>Applies the fix for all diagnostics at once; like <c>dotnet format</c>, which may not know which action that is.</summary>
    public async Task ApplyAllAsync()
    {
        var diagnostics = await DiagnosticsAsync();
        var provider = _fix.GetFixAllProvider();
        Assert.NotNull(provider);
        var context = new FixAllContext(
            _solution.GetDocument(_source)!, _fix, FixAllScope.Document, codeActionEquivalenceKey: null, [diagnostics[0].Id], new Known(diagnostics), CancellationToken.None);
        await ApplyAsync((await provider.GetFixAsync(context))!);
    }

    public void Dispose() => _workspace.Dispose();

    /// <summary>Another assembly, without what would be generated for it.</summary>
    private static PortableExecutableReference Compile(string source)
    {
        var compilation = CSharpCompilation.Create("Library", [CSharpSyntaxTree.ParseText(source)], References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success, string.Join("\n", result.Diagnostics));
        return MetadataReference.CreateFromImage(image.ToArray());
    }

    private async Task<List<CodeAction>> ActionsAsync()
    {
        var actions = new List<CodeAction>();
        var first = (await DiagnosticsAsync())[0];
        await _fix.RegisterCodeFixesAsync(new CodeFixContext(_solution.GetDocument(_source)!, first, (action, _) => actions.Add(action), CancellationToken.None));
        Assert.All(actions, action => Assert.NotNull(action.EquivalenceKey));
        return actions;
    }

    private async Task ApplyAsync(CodeAction action)
    {
        var operations = await action.GetOperationsAsync(CancellationToken.None);
        _solution = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution;
    }

    private sealed class Known(Diagnostic[] diagnostics) : FixAllContext.DiagnosticProvider
    {
        public override Task<IEnumerable<Diagnostic>> GetAllDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetDocumentDiagnosticsAsync(Document document, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>(diagnostics);

        public override Task<IEnumerable<Diagnostic>> GetProjectDiagnosticsAsync(Project project, CancellationToken cancellationToken) => Task.FromResult<IEnumerable<Diagnostic>>([]);
    }
}
