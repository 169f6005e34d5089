using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Tasker.Generators.Infrastructure;
using Tasker.Hosting;

namespace Tasker.Generators.Tests.Infrastructure;

/// <summary>Runs the generator as the compiler does: over sources and template files, with all contracts referenced.</summary>
internal sealed class GeneratorHost
{
    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. Net100.References.All,
        MetadataReference.CreateFromFile(typeof(StepContext).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(TaskerBuilder).Assembly.Location),
        MetadataReference.CreateFromFile(typeof(Microsoft.Extensions.DependencyInjection.IServiceCollection).Assembly.Location),
    ];

    private readonly Options _options = new();
    private readonly CSharpParseOptions _parseOptions;
    private GeneratorDriver _driver;

    public GeneratorHost(string source, params (string Path, string Text)[] templates)
        : this(source, LanguageVersion.CSharp14, templates)
    {
    }

    public GeneratorHost(string source, LanguageVersion language, params (string Path, string Text)[] templates)
    {
        _parseOptions = new CSharpParseOptions(language);
        Compilation = CSharpCompilation.Create(
            "Shop",
            [CSharpSyntaxTree.ParseText(SourceText.From(Usings + source, System.Text.Encoding.UTF8), _parseOptions, "Shop.cs")],
            References,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));
        Templates = [.. templates.Select(template => new TemplateText(template.Path, template.Text))];
        _driver = CSharpGeneratorDriver.Create(
            [new TaskerGenerator().AsSourceGenerator()],
            Templates,
            _parseOptions,
            _options,
            new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
    }

    public const string Usings = "using System; using System.Collections.Generic; using System.Threading; using System.Threading.Tasks; using Tasker;\n";

    /// <summary>Whether the project asks for the YAML of its template classes.</summary>
    public bool EmitsTemplates
    {
        init => _options.EmitsTemplates = value;
    }

    public CSharpCompilation Compilation { get; private set; }

    public ImmutableArray<TemplateText> Templates { get; private set; }

    /// <summary>The compilation with what was generated.</summary>
    public Compilation Output { get; private set; } = null!;

    /// <summary>Runs the generator, and once more on a clone: nothing may be computed again.</summary>
    public GeneratorRunResult RunTwice()
    {
        var first = Run();
        Compilation = Compilation.Clone();
        var second = Run();
        foreach (var name in StepNames.All)
        {
            // A step without input has no record; the first run must have the same ones.
            Assert.Equal(first.TrackedSteps.ContainsKey(name), second.TrackedSteps.ContainsKey(name));
            if (second.TrackedSteps.TryGetValue(name, out var steps))
                AssertNotRun(name, steps);
        }

        foreach (var (name, steps) in second.TrackedOutputSteps)
            AssertNotRun(name, steps);
        return first;
    }

    public GeneratorRunResult Run()
    {
        _driver = _driver.RunGeneratorsAndUpdateCompilation(Compilation, out var output, out _);
        Output = output;
        return Assert.Single(_driver.GetRunResult().Results);
    }

    /// <summary>Replaces a text in the source and runs.</summary>
    public GeneratorRunResult EditSource(string old, string @new)
    {
        var tree = Compilation.SyntaxTrees[0];
        var text = tree.ToString();
        Assert.Contains(old, text, StringComparison.Ordinal);
        Compilation = Compilation.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(text.Replace(old, @new, StringComparison.Ordinal))));
        return Run();
    }

    /// <summary>Changes the compilation for the runs to come.</summary>
    public void Change(Func<CSharpCompilation, CSharpCompilation> change) => Compilation = change(Compilation);

    public GeneratorRunResult AddSource(string source)
    {
        Compilation = Compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText(source, _parseOptions, "Other.cs"));
        return Run();
    }

    /// <summary>Replaces a text in a template and runs.</summary>
    public GeneratorRunResult EditTemplate(int index, string old, string @new)
    {
        var before = Templates[index];
        Assert.Contains(old, before.Text, StringComparison.Ordinal);
        var after = new TemplateText(before.Path, before.Text.Replace(old, @new, StringComparison.Ordinal));
        Templates = Templates.SetItem(index, after);
        _driver = _driver.ReplaceAdditionalText(before, after);
        return Run();
    }

    /// <summary>All errors and warnings of the compilation with what was generated, except those about names that templates bring.</summary>
    public IEnumerable<string> Problems() =>
        Output.GetDiagnostics().Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning).Select(diagnostic => diagnostic.ToString());

    /// <summary>The files that were written again.</summary>
    public static string[] Written(GeneratorRunResult run) =>
    [
        .. run.TrackedOutputSteps.Values
            .SelectMany(steps => steps)
            .SelectMany(step => step.Outputs)
            .Where(output => output.Reason is IncrementalStepRunReason.New or IncrementalStepRunReason.Modified)
            .SelectMany(output => FileNames(output.Value))
            .Order(StringComparer.Ordinal),
    ];

    public static string Source(GeneratorRunResult run, string file) =>
        run.GeneratedSources.Single(source => source.HintName == file).SourceText.ToString();

    /// <summary>An output's value is a pair of sources and diagnostics of an internal type; the names are found by their end.</summary>
    private static IEnumerable<string> FileNames(object value)
    {
        var sources = value.GetType().GetField("Item1")?.GetValue(value) as System.Collections.IEnumerable;
        foreach (var source in sources ?? Array.Empty<object>())
            yield return (string)source.GetType().GetProperty("HintName")!.GetValue(source)!;
    }

    private static void AssertNotRun(string name, ImmutableArray<IncrementalGeneratorRunStep> steps) =>
        Assert.All(steps.SelectMany(step => step.Outputs), output =>
            Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"{name} was {output.Reason}."));

    internal sealed class TemplateText(string path, string text) : AdditionalText
    {
        public override string Path => path;

        public string Text => text;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text, System.Text.Encoding.UTF8);
    }

    private sealed class Options : AnalyzerConfigOptionsProvider
    {
        public bool EmitsTemplates { get; set; }

        public override AnalyzerConfigOptions GlobalOptions => new Values(new()
        {
            ["build_property.RootNamespace"] = "Shop",
            ["build_property.TaskerEmitTemplates"] = EmitsTemplates ? "true" : "",
        });

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => new Values([]);

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => new Values(
            textFile.Path.EndsWith("marked.yaml", StringComparison.Ordinal)
                ? new() { ["build_metadata.AdditionalFiles.TaskerTemplate"] = "true" }
                : []);
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) =>
            values.TryGetValue(key, out value);
    }
}
