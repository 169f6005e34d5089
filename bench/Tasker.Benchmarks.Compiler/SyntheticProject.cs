using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Tasker.Benchmarks.Compiler;

/// <summary>A made-up project: one handler and one record of four members a file, and templates of ten steps.</summary>
internal sealed class SyntheticProject
{
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Latest);

    public SyntheticProject(int handlers, int templates)
    {
        Templates = [.. Enumerable.Range(0, templates).Select(i => (AdditionalText)new InMemoryTemplate(i, handlers))];
        Compilation = CSharpCompilation.Create(
            "Synthetic",
            Enumerable.Range(0, handlers).Select(i => CSharpSyntaxTree.ParseText(HandlerSource(i, revision: 0), ParseOptions, $"Handler{i}.cs", Encoding.UTF8)),
            [.. Basic.Reference.Assemblies.Net100.References.All, MetadataReference.CreateFromFile(typeof(StepHandlerAttribute).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
    }

    public CSharpCompilation Compilation { get; }

    public IReadOnlyList<AdditionalText> Templates { get; }

    /// <summary>A keystroke in the body of one handler.</summary>
    public CSharpCompilation EditBody(int revision) => Replace(HandlerSource(0, revision));

    /// <summary>A keystroke in the signature of one handler.</summary>
    public CSharpCompilation EditSignature(int revision) => Replace(HandlerSource(0, 0, $", int extra{revision.ToString(CultureInfo.InvariantCulture)} = 1"));

    private CSharpCompilation Replace(string source)
    {
        var tree = Compilation.SyntaxTrees[0];
        return Compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(source, ParseOptions, tree.FilePath, Encoding.UTF8));
    }

    private static string HandlerSource(int i, int revision, string parameter = "")
    {
        var input = parameter.Length == 0 ? "" : ", [FromInput]" + parameter[1..];
        return $$"""
            using Tasker;

            namespace Synthetic;

            public sealed record Order{{i}}(int Id, string Customer, decimal Total, bool Paid);

            public static class Handlers{{i}}
            {
                [StepHandler("step_{{i}}")]
                public static Order{{i}} Handle([FromInput] string customer, [FromConfig] int size = 10{{input}})
                {
                    var total = {{revision}}m + size;
                    return new Order{{i}}(size, customer, total, total > 0);
                }
            }
            """;
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
