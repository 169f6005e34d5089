using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Benchmarks.Compiler;

/// <summary>A made-up project of one generator: one handler and one record a file; for Tasker also templates of ten steps.</summary>
internal sealed class SyntheticProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    private readonly Peer _peer;
    private readonly string? _common;

    public SyntheticProject(int handlers, int templates, Peer? peer = null)
    {
        _peer = peer ?? Peer.Tasker;
        _common = _peer.Common(handlers);
        Files = [.. Enumerable.Range(0, handlers).Select(i => ($"Handler{i}.cs", _peer.Source(i, 0, "")))];
        Templates = _peer == Peer.Tasker ? [.. Enumerable.Range(0, templates).Select(i => (AdditionalText)new InMemoryTemplate(i, handlers))] : [];
        var files = _common is null ? Files : [.. Files, ("Common.cs", _common)];
        Compilation = CSharpCompilation.Create(
            "Synthetic",
            files.Select(file => CSharpSyntaxTree.ParseText(file.Text, ParseOptions, file.Name, Encoding.UTF8)),
            [.. Toolchain.Framework.Concat(_peer.References).Select(path => MetadataReference.CreateFromFile(path))],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
    }

    public CSharpCompilation Compilation { get; }

    public IReadOnlyList<AdditionalText> Templates { get; }

    /// <summary>The sources without the one that only compiles with the generator.</summary>
    public IReadOnlyList<(string Name, string Text)> Files { get; }

    /// <summary>The source that only compiles with the generator.</summary>
    public string? Common => _common;

    /// <summary>A keystroke in the body of one handler.</summary>
    public CSharpCompilation EditBody(int revision) => Replace(_peer.Source(0, revision, ""));

    /// <summary>A keystroke in the signature of one handler.</summary>
    public CSharpCompilation EditSignature(int revision) => Replace(_peer.Source(0, 0, "extra" + revision.ToString(CultureInfo.InvariantCulture)));

    private CSharpCompilation Replace(string source)
    {
        var tree = Compilation.SyntaxTrees[0];
        return Compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(source, ParseOptions, tree.FilePath, Encoding.UTF8));
    }

    private sealed class InMemoryTemplate(int number, int handlers) : AdditionalText
    {
        private readonly Microsoft.CodeAnalysis.Text.SourceText _text = Microsoft.CodeAnalysis.Text.SourceText.From(Yaml(number, handlers), Encoding.UTF8);

        public override string Path => $"template{number}.workflow.yaml";

        public override Microsoft.CodeAnalysis.Text.SourceText GetText(CancellationToken cancellationToken = default) => _text;

        private static string Yaml(int number, int handlers)
        {
            var yaml = new StringBuilder().Append(CultureInfo.InvariantCulture, $"name: template_{number}\nnamespace_name: bench\nversion: 1.0.0\nsteps:\n");
            for (var i = 0; i < 10; i++)
            {
                yaml.Append(CultureInfo.InvariantCulture, $"  - name: s{i}\n    handler:\n      callable: step_{((number * 10) + i) % handlers}\n");
                if (i > 0)
                    yaml.Append(CultureInfo.InvariantCulture, $"    dependencies: [s{i - 1}]\n");
            }

            return yaml.ToString();
        }
    }
}
